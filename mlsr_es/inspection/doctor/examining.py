"""Check that a cluster, and an index on it, are fit for searches, and say what to do if they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVarTuple
from urllib.parse import urlsplit

from mlsr_es.collection import MACHINE_MADE
from mlsr_es.elastic.client import address_of
from mlsr_es.elastic.cluster import AccessRole, Capabilities, capabilities, disks, lacking, write_blocks
from mlsr_es.elastic.reading import count
from mlsr_es.elastic.search import (
    clauses_allowed,
    count_without,
    count_without_weights,
    explained_document,
    sampled_features,
)
from mlsr_es.elastic.versions import Role, Version, list_versions
from mlsr_es.errors import ClusterRefusedError, MlsrError
from mlsr_es.inspection.doctor.finding import Finding, Level
from mlsr_es.suggestion import check_model, serving_version
from mlsr_es.vectors import term_of

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.elastic.mapping import IndexMeta
    from mlsr_es.encoders import QuerySide

_Given = TypeVarTuple("_Given")

_SAMPLE = 200
_CLAUSES = 1024
"""The clause limit of a 7.x cluster by default."""

_NEARLY_FULL = 0.95
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MARKS = {
    "low": "copies of new indices find no room there",
    "high": "the cluster moves shards away from it",
    "flood_stage": "the cluster lets nobody write to the indices on it",
}
_NAMED = 3
_MANY = 0.2
"""The share of images without words from which on it is worth saying."""
_ROUNDING = 1e-5
"""Relative: a cluster adds up the terms of a score in single precision."""


def examine(client: Client, index: str = "", *, load: Callable[[IndexMeta], QuerySide]) -> Iterator[Finding]:
    """Examine a cluster, and an index if one is named; write nothing.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        index: The index; "" for the cluster only.
        load: Loads the model of an index, by what that says of itself.

    Yields:
        Findings, one line each. If the cluster does not answer, or the index cannot be searched, the checks that depend
        on it are left out.
    """
    try:
        found = capabilities(client)
    except MlsrError as error:
        yield _wrong("connection", error)
        return
    yield Finding("connection", Level.GREEN, f"{address_of(client)} answers and accepts who asks.")
    yield _version(found)
    if index:
        yield from _rights(client, index)
    yield _attempted("disks", _disks, client)
    if index:
        yield from _index(client, index, load)
    yield _attempted("versions left behind", _left_behind, client, index)


def _index(client: Client, index: str, load: Callable[[IndexMeta], QuerySide]) -> Iterator[Finding]:
    try:
        version = serving_version(client, index)
    except MlsrError as error:
        yield _wrong("mapping", error)
        return
    meta = version.meta
    yield Finding(
        "mapping", Level.GREEN, f"{version.index} has its weights in {meta.field}, of kind {meta.field_kind}."
    )
    yield _attempted("writing", _writing, client, index, version)
    model = None
    try:
        model = load(meta)
        check_model(model, version)
        yield Finding("model", Level.GREEN, f"{meta.model} is the model that {version.index} was made with.")
    except MlsrError as error:
        yield _wrong("model", error)
    asked = model.config.query_terms if model else None
    yield _attempted("clause limit", _clauses, client, index, version, asked)
    yield _attempted("documents without weights", _weightless, client, index, version)
    if not meta.enriched:
        yield _attempted("captions", _captions, client, index, version)
    yield _attempted("explanation", _explanation, client, index, version)
    if model:
        yield _attempted("features that match nothing", _features, client, index, version, model)


def _version(found: Capabilities) -> Finding:
    if found.version is None:
        says = "the cluster tells its version to those alone who may monitor it."
        return Finding("version", Level.UNKNOWN, says, "The cluster privilege monitor shows it; nothing else needs it.")
    version = f"Elasticsearch {found.version.major}.{found.version.minor}"
    if not any(can is not False for can in found.kinds.values()):
        return Finding(
            "version", Level.RED, f"{version} has no kind of field for weights.", "Install a full distribution."
        )
    return Finding("version", Level.GREEN, f"{version} is supported.")


def _rights(client: Client, index: str) -> Iterator[Finding]:
    try:
        searching, indexing = (lacking(client, role, index) for role in (AccessRole.SEARCHER, AccessRole.INDEXER))
    except MlsrError as error:
        yield _unseen("rights", error)
        return
    if searching is None or indexing is None:
        at_home = urlsplit(address_of(client)).hostname in _LOOPBACK
        says = "security is off: everybody who reaches the cluster may do everything"
        yield (
            Finding("rights", Level.GREEN, f"{says}, and its address is of this machine alone.")
            if at_home
            else Finding("rights", Level.AMBER, f"{says}.", "Switch it on: xpack.security.enabled.")
        )
        return
    advice = "docs/security.md has the roles."
    yield (
        Finding("right to search", Level.RED, f"lacking on {index}: {', '.join(searching)}.", advice)
        if searching
        else Finding("right to search", Level.GREEN, f"{index} may be searched.")
    )
    yield (
        Finding("right to index", Level.AMBER, f"lacking: {', '.join(indexing)}.", f"Searching needs none. {advice}")
        if indexing
        else Finding("right to index", Level.GREEN, f"{index} may be written to, and versions made.")
    )


def _disks(client: Client) -> Finding:
    found = disks(client)
    if found is None:
        says = "how full they are is told to those alone who may monitor the cluster."
        return Finding("disks", Level.UNKNOWN, says, "Ask its owner; the cluster privilege monitor shows it.")
    if not found:
        return Finding("disks", Level.UNKNOWN, "the cluster names none.")
    fullest = found[0]
    says = f"the fullest, of {fullest.node}, is at {fullest.used:.0%}"
    marked = next((disk for mark in ("flood_stage", "high", "low") for disk in found if disk.mark == mark), None)
    if marked:
        level = Level.RED if marked.mark == "flood_stage" else Level.AMBER
        says = f"that of {marked.node} is at {marked.used:.0%}, above the mark {marked.mark}: {_MARKS[marked.mark]}."
        return Finding("disks", level, says, "Make room, or add a node.")
    if fullest.used > _NEARLY_FULL:
        return Finding("disks", Level.AMBER, f"{says}.", "Make room.")
    return Finding("disks", Level.GREEN, f"{says}.")


def _writing(client: Client, index: str, version: Version) -> Finding:
    if blocks := write_blocks(client, index):
        return Finding(
            "writing",
            Level.RED,
            f"{version.index} takes no writes: {', '.join(blocks)}.",
            "Where a disk was full, make room; the setting null lifts a block.",
        )
    return Finding("writing", Level.GREEN, f"nothing blocks writes to {version.index}.")


def _clauses(client: Client, index: str, version: Version, asked: int | None) -> Finding:
    wanted = max(_CLAUSES, asked or 0)
    allowed = clauses_allowed(client, index, version.meta.terms, wanted=wanted)
    asks = f"the model asks {asked} at most" if asked else "a model without a limit asks as many as a section has"
    if allowed < (asked or wanted):
        return Finding(
            "clause limit",
            Level.AMBER,
            f"a query may have {allowed:,} terms; {asks}, and the lightest are left out.",
            "Raise indices.query.bool.max_clause_count on the nodes.",
        )
    return Finding("clause limit", Level.GREEN, f"a query may have {allowed:,} terms at least; {asks}.")


def _weightless(client: Client, index: str, version: Version) -> Finding:
    about, number = "documents without weights", count_without_weights(client, index, version.meta.terms)
    total = count(client, index)
    if not total:
        return Finding(about, Level.RED, f"{version.index} has no documents.", "Index them: mlsr-es index.")
    if number == total:
        return Finding(about, Level.RED, f"all {total:,}: no search finds one.", "Index them again: mlsr-es index.")
    if number:
        again = "mlsr-es enrich" if version.meta.enriched else "mlsr-es index"
        advice = f"Run {again} again, if they are new; what has neither image nor caption stays without."
        return Finding(about, Level.AMBER, f"{number:,} of {total:,}: no search by terms finds them.", advice)
    return Finding(about, Level.GREEN, f"none of {total:,}.")


def _captions(client: Client, index: str, version: Version) -> Finding:
    fields = version.meta.caption_fields
    written = [field for field, kind in fields.items() if kind not in MACHINE_MADE]
    silent, unwritten = (count_without(client, index, some) for some in (fields, written))
    total = count(client, index)
    found = f"{unwritten - silent:,} have only what machines found, {silent:,} no words at all."
    says = f"of {total:,} {version.meta.holds} {found}"
    if silent > _MANY * total:
        return Finding("captions", Level.AMBER, says, "Add what stands in them: mlsr-es index --describe text,name.")
    return Finding("captions", Level.GREEN, says)


def _explanation(client: Client, index: str, version: Version) -> Finding:
    found = explained_document(client, index, version.meta.terms)
    if found is None:
        return Finding("explanation", Level.UNKNOWN, "no document has terms to explain.")
    if not found.explained or abs(found.score - found.explained) > _ROUNDING * found.score:
        return Finding(
            "explanation",
            Level.RED,
            f"{found.id} scores {found.score:.6g}, and its terms add up to {found.explained:.6g}: what --explain and "
            "--why-not say of it is wrong.",
            "Its weights are not shown as they are searched: encode it again, or ask the cluster's owner.",
        )
    return Finding("explanation", Level.GREEN, f"the score of {found.id} is the sum of what its terms contribute.")


def _features(client: Client, index: str, version: Version, model: QuerySide) -> Finding:
    about = "features that match nothing"
    documents, names = sampled_features(client, index, version.meta.terms, documents=_SAMPLE)
    looked = f"in {documents:,} documents drawn at random"
    # A name with a dot is stored but never matches; a name without a word piece of the model is never in a query.
    lost = [name for name, _ in names.most_common() if "." in name or term_of(name) not in model.vocabulary]
    if lost:
        some = ", ".join(lost[:_NAMED])
        says = f"{len(lost):,} of {len(names):,} names {looked}, as {some}: no query of {version.meta.model} has them."
        return Finding(about, Level.RED, says, "Another program wrote them: index again, with mlsr-es.")
    return Finding(about, Level.GREEN, f"none of {len(names):,} names {looked}.")


def _left_behind(client: Client, index: str) -> Finding:
    about, found = "versions left behind", list_versions(client, index)
    behind = [one.index for one in found if one.role is Role.LEFT_BEHIND]
    building = [one.index for one in found if one.role is Role.BUILDING]
    if behind:
        return Finding(
            about,
            Level.AMBER,
            f"nothing leads to {', '.join(behind)}.",
            f"Promote one, or remove them: mlsr-es indices delete {' '.join(behind)}",
        )
    if building:
        says = f"not complete: {', '.join(building)}."
        return Finding(about, Level.AMBER, says, "A run is under way, or was stopped: run it again, or delete them.")
    return Finding(about, Level.GREEN, "none.")


def _attempted(about: str, look: Callable[[*_Given], Finding], *given: *_Given) -> Finding:
    """The finding of one check. If the cluster refuses the request, that is the finding, and the next check follows."""
    try:
        return look(*given)
    except MlsrError as error:
        return _unseen(about, error)


def _unseen(about: str, error: MlsrError) -> Finding:
    """The finding for a refused request: rights may be missing, and what they hide is unknown."""
    level = Level.UNKNOWN if isinstance(error, ClusterRefusedError) else Level.RED
    return Finding(about, level, error.what, error.advice)


def _wrong(about: str, error: MlsrError) -> Finding:
    return Finding(about, Level.RED, error.what, error.advice)
