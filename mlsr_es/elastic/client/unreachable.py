"""Errors for requests without an answer: wrong address, wrong scheme, certificates, time-outs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlsr_es.errors import ClusterUnreachableError

if TYPE_CHECKING:
    from elastic_transport import TransportError

_NO_TLS = "what answers there speaks no TLS"
_UNKNOWN_AUTHORITY = "its certificate is signed by an authority that is not trusted here"
_OTHER_HOST = "its certificate is for another host name"
_TLS_MEANINGS = {
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
    "Fingerprints did not match": "its certificate has another fingerprint",
    "self-signed": _UNKNOWN_AUTHORITY,
    "self signed": _UNKNOWN_AUTHORITY,
    "unable to get local issuer": _UNKNOWN_AUTHORITY,
    "Hostname mismatch": _OTHER_HOST,
    "IP address mismatch": _OTHER_HOST,
    "expired": "its certificate has expired",
}
TOO_LARGE = "the answer is larger than is read"
_CLOSED = re.compile("RemoteDisconnected|BadStatusLine|reset by peer|closed connection", re.IGNORECASE)
_URLLIB3_OBJECT = re.compile(r"^.*(?:object at 0x[0-9a-f]+>|HTTPS?Connection\([^)]*\)): ")


def unreachable(where: str, doing: str, error: TransportError) -> ClusterUnreachableError:
    """The error of this package for a request without an answer, or with an unreadable one.

    Args:
        where: The cluster's address.
        doing: What the request does, as in "could not ...", for the message.
        error: The client's exception.
    """
    from elastic_transport import ConnectionTimeout, SerializationError, TlsError

    why = _URLLIB3_OBJECT.sub("", str(error.errors[0] if error.errors else error.message)).rstrip(".")
    if isinstance(error, ConnectionTimeout):
        return ClusterUnreachableError(
            f"{where} could not {doing} in time.", advice="It is overloaded, or something on the way drops the answers."
        )
    if isinstance(error, SerializationError):
        return ClusterUnreachableError(f"{where} answers, but not as Elasticsearch does.", advice="Check the address.")
    if isinstance(error, TlsError):
        return _no_trust(where, why)
    if _CLOSED.search(why):
        advice = "Try https://, the cluster may ask for it." if where.startswith("http:") else "Check the address."
        return ClusterUnreachableError(f"{where} closed the connection without an answer.", advice=advice)
    if TOO_LARGE in why:
        return ClusterUnreachableError(
            f"{where} could not {doing}: {why}.", advice="What answers there may not be Elasticsearch."
        )
    return ClusterUnreachableError(
        f"nothing answers at {where}: {why}.", advice="Check the address, or start the cluster."
    )


def _no_trust(where: str, why: str) -> ClusterUnreachableError:
    meaning = next((said for mark, said in _TLS_MEANINGS.items() if mark in why), why)
    advice = (
        "Name the cluster with http://."
        if meaning is _NO_TLS
        else "Name the authority's file with --ca-certs, or the certificate with --ssl-fingerprint."
    )
    return ClusterUnreachableError(f"{where} cannot be trusted: {meaning}.", advice=advice)
