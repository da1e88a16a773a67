"""Where events stand: the aggregates of a domain, the events that each makes, and how their streams are named.

An aggregate's `Decider[Command, State, Event]` says which events it makes, and `<aggregate>_stream()` beside it how its
stream is named. A part of an aggregate in a module of its own shares the stream of the module that folds the same
events. What others have to know before the event is there stands beside the event, in the contracts.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import FunctionType, ModuleType
from typing import Any, get_args, get_origin, get_type_hints

from shared.contracts import codec
from shared.decider import Decider


def streams_of(domain: ModuleType) -> dict[type[Any], str]:
    """The events that a domain makes, each with the form of its stream, such as `person-{person_id}`."""
    modules = [import_module(f"{domain.__name__}.{module.name}") for module in iter_modules(domain.__path__)]
    found: dict[type[Any], str] = {}
    for module in modules:
        for aggregate, event in _made_in(module):
            if named := _stream_functions(module, aggregate):
                found.setdefault(event, _form_of(named))
    for module in modules:
        for _, event in _made_in(module):
            beside = _stream_functions(import_module(event.__module__), module.__name__.rpartition(".")[2])
            found.setdefault(event, _form_of(beside))
    return found


def of_every_service(service: str) -> dict[type[Any], str]:
    """What every service says of its own records, beside what its domain makes."""
    forms = {
        "RecordVoided": "{the stream of the record}",
        "ReactionRefused": "reaction-{command_id}",
        "PersonErased": "erasure-{person_id}",
        "PersonalDataRevealed": "reveals-{of}",
    }
    return {codec.event_class(f"uk.mat.{service}.{name}.v1"): form for name, form in forms.items()}


def stream_form(named: FunctionType) -> str:
    """The form of what a stream function gives, its arguments in braces: `cycle-{trustuid}-{cycle}`."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(named)))
    arguments = inspect.signature(named).parameters
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value]
    return " or ".join(dict.fromkeys(form for value in returned for form in _forms(value, arguments)))


def _made_in(module: ModuleType) -> Iterator[tuple[str, type[Any]]]:
    """A module's aggregates, and the event classes that each makes."""
    for aggregate, hint in get_type_hints(module).items():
        if get_origin(hint) is Decider:
            event = get_args(hint)[2]
            yield from ((aggregate, cls) for cls in (event, *get_args(event)) if cls in _events)


def _stream_functions(module: ModuleType, aggregate: str) -> Sequence[FunctionType]:
    """How a module names the stream of an aggregate: by the function of its name, else by any that it has."""
    own = {
        name.removesuffix("_stream"): it
        for name, it in vars(module).items()
        if name.endswith("_stream") and isinstance(it, FunctionType) and it.__module__ == module.__name__
    }
    return [it for name, it in own.items() if aggregate.startswith(name)] or list(own.values())


def _form_of(named: Sequence[FunctionType]) -> str:
    return " or ".join(dict.fromkeys(map(stream_form, named)))


def _forms(value: ast.expr, arguments: Mapping[str, Any]) -> Iterator[str]:
    match value:
        case ast.IfExp():
            yield from _forms(value.body, arguments)
            yield from _forms(value.orelse, arguments)
        case ast.JoinedStr():
            yield "".join(_part(part, arguments) for part in value.values)
        case _:
            yield ast.unparse(value)


def _part(part: ast.expr, arguments: Mapping[str, Any]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    named = [node.id for node in ast.walk(part) if isinstance(node, ast.Name)]
    known = dict.fromkeys(name for name in named if name in arguments)
    return "{" + ("+".join(known) or named[-1]) + "}"


_events = frozenset(cls for contract in codec.contracts.values() for cls in contract.types.values())
