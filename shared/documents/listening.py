"""Which events a listener hears: the event classes that its code names, wherever it names them.

Whoever handles an event has to name its class: in a `case`, in `isinstance`, as a key of a mapping. So the names are
followed from the listener through our own functions and what they refer to, and nothing has to be declared twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType, UnionType
from typing import Any, get_args

from shared.contracts import codec

_ours = ("services.", "shared.")
_of_all_events = "shared.contracts."  # what reads and writes any event listens to none


def heard_by(*listeners: Any) -> frozenset[type[Any]]:
    """The event classes that the code of these listeners names."""
    found: set[type[Any]] = set()
    seen: set[int] = set()
    waiting = list(listeners)
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, type):
            found |= {thing} & _events
        else:
            waiting += _named_in(thing)
    return frozenset(found)


def _named_in(thing: Any) -> Iterable[Any]:
    """What a thing refers to, as far as it is ours."""
    match thing:
        case FunctionType():
            is_followed = thing.__module__.startswith(_ours) and not thing.__module__.startswith(_of_all_events)
            return _of_function(thing) if is_followed else ()
        case MethodType():
            return (thing.__func__, thing.__self__)
        case partial():
            return (thing.func, *thing.args, *thing.keywords.values())
        case Mapping():
            return (*thing.keys(), *thing.values())
        case tuple() | list() | set() | frozenset():
            return thing
        case UnionType():
            return get_args(thing)
        case _ if is_dataclass(thing):
            return [getattr(thing, field.name) for field in fields(thing)]
        case _:
            return ()


def _of_function(function: FunctionType) -> Iterator[Any]:
    """The globals that a function names, also through a module; and what it closes over."""
    names = set(_names(function.__code__))
    for name in names & function.__globals__.keys():
        named = function.__globals__[name]
        if isinstance(named, ModuleType):
            yield from (vars(named)[inner] for inner in names & vars(named).keys())
        else:
            yield named
    for cell in function.__closure__ or ():
        yield cell.cell_contents


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


_events = frozenset(cls for contract in codec.contracts.values() for cls in contract.types.values())
