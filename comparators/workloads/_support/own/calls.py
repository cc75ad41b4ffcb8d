"""How a function takes an item: as one argument, unpacked, or as keywords; with what a set-up made, or without."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from comparators.errors import UsageError
from comparators.workload import is_coroutine_function
from comparators.workloads._support.own.setups import SetUp

__all__ = ["Call", "Fit", "Style", "call_of", "fit", "misfit"]

Style = Literal["one", "unpacked", "keywords"]
"""How an item becomes arguments: `f(item)`, `f(*item)`, `f(**item)`."""

_BY_NAME = "setup"
"""A parameter of this name takes what the set-up made, wherever it stands."""


class Fit(NamedTuple):
    """How a function is called.

    Attributes:
        style: how an item becomes arguments.
        takes_setup: how it takes what the set-up made: not at all, as the argument after the item, or by a name.
    """

    style: Style
    takes_setup: Literal["no", "next"] | tuple[str] = "no"


def fit(function: Callable[..., Any], item: object, *, star: str, with_setup: bool) -> Fit | None:
    """Find out how a function takes an item; None where its signature and the item do not fit.

    One argument comes first: `f(pair)` gets the pair, also where it has another parameter with a default. What the
    set-up made is passed where the function cannot be called without it, or has a parameter called `setup`.

    Args:
        function: what is called.
        item: the first of the items.
        star: "auto"; "yes" for unpacking always; "no" for one argument always.
        with_setup: whether there is a set-up.
    """
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):  # some functions written in C do not say
        return Fit("unpacked" if star == "yes" else "one")
    for style in _styles(item, star):
        for takes in _ways(signature, with_setup=with_setup):
            if _binds(signature, style, item, takes):
                return Fit(style, takes)
    return None


def _styles(item: object, star: str) -> Iterator[Style]:
    if star != "yes":
        yield "one"
    if star != "no" and isinstance(item, tuple | list) and (star == "yes" or isinstance(item, tuple)):
        yield "unpacked"
    if star != "no" and isinstance(item, dict) and all(isinstance(key, str) for key in item):
        yield "keywords"


def _ways(signature: inspect.Signature, *, with_setup: bool) -> Iterator[Literal["no", "next"] | tuple[str]]:
    if not with_setup:
        yield "no"
        return
    required = [one.name for one in signature.parameters.values() if one.default is inspect.Parameter.empty]
    only_by_name = [one.name for one in signature.parameters.values() if one.kind is inspect.Parameter.KEYWORD_ONLY]
    if _BY_NAME in signature.parameters:
        yield (_BY_NAME,)
    yield "no"
    yield "next"
    for name in only_by_name:
        if name in required:
            yield (name,)


def _binds(
    signature: inspect.Signature, style: Style, item: Any, takes_setup: Literal["no", "next"] | tuple[str]
) -> bool:
    positional = [item] if style == "one" else list(item) if style == "unpacked" else []
    named = dict(item) if style == "keywords" else {}
    if takes_setup == "next":
        positional.append(None)
    elif takes_setup != "no":
        if takes_setup[0] in named:
            return False
        named[takes_setup[0]] = None
    try:
        signature.bind(*positional, **named)
    except TypeError:
        return False
    return True


def call_of(function: Callable[..., Any], found: Fit, setup: SetUp | None) -> Callable[[Any], Any]:
    """Return what does one item: the function itself where it takes the item as it is."""
    if setup is None and found.style == "one":
        return function
    if setup is None:
        return Call(function, found.style, is_coroutine_function(function))
    if setup.asynchronous:
        return _AsyncPrepared(function, found, setup)
    return _Prepared(function, found, setup, is_coroutine_function(function))


@dataclass(frozen=True, slots=True)
class Call:
    """A function that takes its item apart. It travels by pickle as the function does."""

    function: Callable[..., Any]
    style: Style
    asynchronous: bool = False

    def __call__(self, item: Any) -> Any:
        """Do one item; of a coroutine function, return the coroutine."""
        return self.function(*item) if self.style == "unpacked" else self.function(**item)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A function with what its worker's set-up made."""

    function: Callable[..., Any]
    fit: Fit
    setup: SetUp
    asynchronous: bool = False

    def __call__(self, item: Any) -> Any:
        """Do one item, after the set-up where this is the worker's first."""
        positional, named = _arguments(self.fit, item, self.setup.value())
        return self.function(*positional, **named)


@dataclass(frozen=True, slots=True)
class _AsyncPrepared:
    """A coroutine function with what the set-up of its event loop made."""

    function: Callable[..., Any]
    fit: Fit
    setup: SetUp

    async def __call__(self, item: Any) -> Any:
        """Do one item, after the set-up where this is the event loop's first."""
        positional, named = _arguments(self.fit, item, await self.setup.value_in_loop())
        return await self.function(*positional, **named)

    async def prepare(self) -> None:
        """Run the set-up before the first item; runners await it outside the clock."""
        await self.setup.value_in_loop()


def _arguments(found: Fit, item: Any, made: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    style, takes = found
    positional = (item,) if style == "one" else tuple(item) if style == "unpacked" else ()
    named = item if style == "keywords" else {}
    if takes == "next":
        return (*positional, made), named
    return positional, named if takes == "no" else {**named, takes[0]: made}


def misfit(name: str, function: Callable[..., Any], item: object, items: str, others: list[str]) -> UsageError:
    """Return the error for a function that does not take its items.

    Args:
        name: of the function.
        function: what does not fit.
        item: the first of the items.
        items: name of the list of items.
        others: names of lists that fit.
    """
    kind = f"a tuple of {len(item)}" if isinstance(item, tuple) else f"of type {type(item).__name__}"
    arguments = inspect.signature(function)
    tip = "pass tuples, one value for each argument, or dicts with the arguments' names"
    if others:
        tip = "name a list that fits: " + " or ".join(f"'items={other}'" for other in others[:3])
    return UsageError(
        f"'{name}' cannot be called with the items of '{items}': its arguments are {arguments!s:.80}, "
        f"the first item is {kind}: {item!r:.60}",
        tip=tip,
    )
