"""The parts that headlines are made of."""

from __future__ import annotations

from collections.abc import Iterable

from services.reporting.reports.report import Row
from services.reporting.web.words import count, of
from services.reporting.wording import sentence

_named_at_most = 3
_one = {"have": "has", "are": "is", "were": "was", "coach": "coaches"}


def named(names: Iterable[str]) -> str:
    """Each name once, in the order given: "Ashby and Birchfield"; of more than three the first, "and two more"."""
    each = list(dict.fromkeys(names))
    if len(each) > _named_at_most:
        each = [*each[:_named_at_most], f"{count(len(each) - _named_at_most)} more"]
    return " and ".join(filter(None, [", ".join(each[:-1]), each[-1]])) if each else ""


def names_in(rows: Iterable[Row], column: str = "school") -> list[str]:
    """What the rows name, each once."""
    return list(dict.fromkeys(row[column] for row in rows if row[column] is not None))


def do(n: int, verb: str) -> str:
    """Such as "two have", "one has"."""
    return f"{count(n)} {_form(n, verb)}"


def things_do(n: int, thing: str, verb: str) -> str:
    """Such as "two requests lack", "one request lacks"."""
    return f"{of(n, thing)} {_form(n, verb)}"


def none_or(n: int) -> str:
    """How many of something: "none", "two"."""
    return count(n) if n else "none"


def some_do(n: int, total: int, thing: str, verb: str, things: str | None = None) -> str:
    """Such as "two of five headships have", "none of five headships have", "the one headship has"."""
    if total == 1:
        return f"{'the one' if n else 'no'} {thing} {_form(1, verb)}"
    every = "both" if total == 2 else f"all {count(total)}"  # noqa: PLR2004
    some = every if n == total else f"{none_or(n)} of {count(total)}"
    return f"{some} {things or f'{thing}s'} {_form(n, verb)}"


def together(*parts: str) -> str:
    """Those that say something, each a sentence."""
    return " ".join(f"{sentence(part)}." for part in parts if part)


def _form(n: int, verb: str) -> str:
    return _one.get(verb, f"{verb}s") if n == 1 else verb
