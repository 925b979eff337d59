"""Options that several parameters of a command line make one value of: a command takes the value."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

_Result = TypeVar("_Result")


def with_options(
    command: Callable[..., _Result],
    parameter: str,
    value_of: Callable[..., Any],
    settle: Callable[[Callable[[], Any]], Any] = lambda later: later(),
) -> Callable[..., _Result]:
    """Give a command the parameters of a function in place of one of its own, which gets what the function makes.

    Args:
        command: With options as typer reads them.
        parameter: The name of the parameter that is replaced.
        value_of: A function whose keyword parameters are options.
        settle: What is done with the function once its arguments are known: it is called, or handed on.
    """
    signature = inspect.signature(command, eval_str=True)
    options = inspect.signature(value_of, eval_str=True).parameters

    @functools.wraps(command)
    def completed(*args: Any, **kwargs: Any) -> _Result:
        given = {name: kwargs.pop(name) for name in options}
        return command(*args, **kwargs, **{parameter: settle(functools.partial(value_of, **given))})

    parameters = [each for name, each in signature.parameters.items() if name != parameter]
    parameters += options.values()
    completed.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    completed.__annotations__ = {each.name: each.annotation for each in parameters}
    return completed
