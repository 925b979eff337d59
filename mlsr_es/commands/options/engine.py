"""``--engine``: on which machines images are prepared and encoded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from mlsr_es.commands.options.injecting import with_options
from mlsr_es.commands.rendering.console import note
from mlsr_es.errors import InputError

_Result = TypeVar("_Result")

_ENGINES = _LOCAL, _RAY = "local", "ray"


def with_engine(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Give a command the options below in place of its parameter ``encoding_on``."""
    return with_options(command, "encoding_on", engine_of)


def engine_of(
    *,
    device: Annotated[str, typer.Option(help="Where encoding runs: auto, cuda, mps or cpu.")] = "auto",
    engine: Annotated[
        str,
        typer.Option(metavar="NAME", help="local: this machine encodes. ray: the machines of a Ray cluster do."),
    ] = _LOCAL,
    ray_address: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="The Ray cluster, as in ray-head:6379. Default: processes of this machine."
        ),
    ] = "",
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The most workers on it. Default: one a GPU, or else one a core."),
    ] = None,
) -> Any:
    """The engine, and the device of this process, as a pair.

    Raises:
        InputError: There is no such engine, or an option of Ray comes without it.
    """
    from mlsr_es.indexing import HERE, RayEngine

    if engine not in _ENGINES:
        raise InputError(f"--engine takes {' or '.join(_ENGINES)}, not {engine!r}.", advice="local is the default.")
    if engine == _LOCAL:
        if ray_address or workers:
            raise InputError("--ray-address and --workers are for --engine ray.", advice="Add --engine ray.")
        return HERE, device
    if device not in {"auto", "cuda", "cpu"}:
        raise InputError(f"--engine ray encodes on cuda or cpu, not on {device}.", advice="Leave --device out.")
    return RayEngine(ray_address, workers, device, note), "cpu"
