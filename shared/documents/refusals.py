"""What a service refuses: every stable code, with what it tells its reader to do, read from the source itself.

A refusal is made where the rule stands, with its code and its sentence as literals. So the list is a walk over the
syntax trees of the packages that a service answers with, and nobody keeps it by hand. A code or a sentence that cannot
be read there is an error of whoever wrote it: a test walks all of them.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import product
from pathlib import Path

from shared.problems import status_of

kept = 202
"""The status of what waits. To a typed command, which does not wait, the same code is a refusal."""

_told_then = "…"  # what is known only when it happens: a part of a sentence, or all of what a library says
_code_and_message = {
    "Rejected": (0, 1),
    "ClaimRefused": (0, 1),
    "NotYet": (0, 1),
    "Problem": (1, 2),
    "Outcome": (1, 3),
    "NotAuthenticated": (None, 0),
}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A code, as one place gives it: the answer's status over HTTP, what to do, and whose rule it is, as a path."""

    code: str
    status: int
    message: str
    module: str


def refusals_of(packages: Iterable[str]) -> list[Refusal]:
    """The refusals that stand in the source of modules and packages, each once, by code.

    Raises:
        TypeError: a code or a message cannot be read where it is given.
    """
    source = _Source()
    for package in packages:
        for path in _files(package):
            source.read(path)
    found = set(source.refusals())
    told = {refusal.code for refusal in found if refusal.message != _told_then}
    return sorted(refusal for refusal in found if refusal.message != _told_then or refusal.code not in told)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a call stands: its module and the function around it."""

    path: Path
    module: ast.Module
    function: _Function | None

    @property
    def parameters(self) -> list[str]:
        return [] if self.function is None else [argument.arg for argument in self.function.args.args]

    def __str__(self) -> str:
        parts = self.path.parts
        return "/".join(parts[max(n for n, part in enumerate(parts) if part in ("services", "shared")) :])


@dataclass(slots=True)
class _Source:
    """What was read, and all calls in it by the name of what is called."""

    calls: dict[str, list[tuple[ast.Call, _Place]]] = field(default_factory=lambda: defaultdict(list))

    def read(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call, function in _calls(tree, None):
            self.calls[_name(call.func)].append((call, _Place(path, tree, function)))

    def refusals(self) -> Iterator[Refusal]:
        for name, (code_at, message_at) in _code_and_message.items():
            for call, place in self.calls[name]:
                code = ast.Constant("not_authenticated") if code_at is None else _argument(call, "code", code_at)
                message = _argument(call, "message", message_at)
                if code is None or message is None:
                    continue  # another thing of the same name, or an answer that is none
                for text, told in self._pairs(code, message, place):
                    if _told_then not in text:
                        yield Refusal(text, _status(name, call, text), told, str(place))

    def _pairs(self, code: ast.expr, message: ast.expr, place: _Place) -> Iterator[tuple[str, str]]:
        """Code and message; where a function is given one of them, those that its callers give."""
        if _is_handed_on(message) or any(map(_is_handed_on, (code, *_assigned(_name(code), place)))):
            return
        given = {part.id for part in (code, message) if isinstance(part, ast.Name)} & set(place.parameters)
        if not given or place.function is None:
            yield from product(_texts(code, place), _texts(message, place))
            return
        for call, where in self.calls[place.function.name]:
            there = {name: _argument(call, name, place.parameters.index(name)) for name in given}
            code_there, message_there = (there.get(_name(part)) or part for part in (code, message))
            yield from self._pairs(code_there, message_there, where)


def _calls(node: ast.AST, function: _Function | None) -> Iterator[tuple[ast.Call, _Function | None]]:
    if isinstance(node, ast.Call):
        yield node, function
    inside = node if isinstance(node, _Function) else function
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, inside)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return name
        case _:
            return ""


def _argument(call: ast.Call, name: str, place: int) -> ast.expr | None:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return named.get(name) or (call.args[place] if place < len(call.args) else None)


def _is_handed_on(value: ast.expr) -> bool:
    """Whether it comes from another refusal, which is listed where it is made."""
    match value:
        case ast.Attribute(attr="code" | "message") | ast.BoolOp():
            return True
        case ast.Call(func=ast.Name(id="str"), args=[ast.Name()]):
            return True
        case _:
            return False


def _texts(value: ast.expr, place: _Place) -> list[str]:
    """Every text that an expression can be, as far as the source says."""
    match value:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr():
            return ["".join(str(p.value) if isinstance(p, ast.Constant) else _told_then for p in value.values)]
        case ast.IfExp():
            return [*_texts(value.body, place), *_texts(value.orelse, place)]
        case ast.Name(id=name):
            found = [text for given in _assigned(name, place) for text in _texts(given, place)]
            if found:
                return found
            raise TypeError(f"{place}: {name} cannot be read: give a refusal its code and its message as literals")
        case ast.Call(func=ast.Name(id=name)):
            made = [text for given in _returned(name, place.module) for text in _texts(given, place)]
            return made or [_told_then]
        case _:
            return [_told_then]


def _assigned(name: str, place: _Place) -> Iterator[ast.expr]:
    """What a name stands for: in the function, else in the module."""
    for node in (*(ast.walk(place.function) if place.function else ()), *place.module.body):
        if isinstance(node, ast.Assign) and name in map(_name, node.targets):
            yield node.value


def _returned(function: str, module: ast.Module) -> Iterator[ast.expr]:
    """What a function of the module gives, but for None."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            yield from (
                inner.value
                for inner in ast.walk(node)
                if isinstance(inner, ast.Return) and inner.value and not _is_none(inner.value)
            )


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _status(name: str, call: ast.Call, code: str) -> int:
    match name, call.args:
        case "NotYet", _:
            return kept
        case "NotAuthenticated", _:
            return 401
        case "Problem", [ast.Constant(value=int(status)), *_]:
            return status
        case _:
            return status_of(code)


def _files(package: str) -> list[Path]:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(f"there is no source of {package}")
    if spec.submodule_search_locations is None:
        return [Path(spec.origin)]
    return sorted(path for place in spec.submodule_search_locations for path in Path(place).rglob("*.py"))
