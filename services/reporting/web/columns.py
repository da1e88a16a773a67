"""A report's columns as a person reads them: which of them there are on a page, and what each is called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from services.reporting.web import words
from services.reporting.wording import heading, pounds, said

_for_machines = ("_id", "_ids", "trustuid", "current_urn", "suppressed")
_better = {"urn": "school", "urns": "schools", "rag": "state", "training": "requirement"}
_first = ("programme", "school")
_called = {
    "starts_on": "From",
    "ends_on": "To",
    "as_at": "As at",
    "from_on": "From",
    "to_on": "To",
    "none": "Neither",
    "over_named": "Named elsewhere too",
    "ready_now_once": "Ready now, each once",
    "given_minus_received": "Given less received",
}


class Measure(NamedTuple):
    """How the figures of columns with the same ending are said; `unit`: what a heading has in place of the ending."""

    unit: str
    say: Callable[[Any], str]


def _parts(of: int) -> Callable[[int], str]:
    """Hundredths or thousandths, as a number with as many decimals as it needs."""
    return lambda n: f"{n / of:,.3f}".rstrip("0").rstrip(".")


_measures: Mapping[str, Measure] = {
    "_ms": Measure("", words.span),
    "_pence": Measure("", pounds),
    "_percent": Measure(" (%)", lambda n: f"{n:g}%"),
    "_hundredths": Measure("", _parts(100)),
    "_thousandths": Measure("", _parts(1_000)),
    "_km": Measure("", lambda n: f"{n:g} km"),
}


def on_a_page(names: Collection[str]) -> list[str]:
    """Those that are not for machines alone, and say what no other says better; what a row is called stands first."""
    shown = [name for name in names if not name.endswith(_for_machines) and not _is_said(name, names)]
    first = next((name for name in _first if name in shown), None)
    return sorted(shown, key=lambda name: name != first)


def _is_said(name: str, names: Collection[str]) -> bool:
    """Whether another column says it better, as the name of a school says its URN."""
    better = _better.get(name) or name.removesuffix("_urn")
    return better != name and better in names


def title(name: str, beside: Collection[str] = ()) -> str:
    """Such as "School delay" for `school_delay_ms`.

    Args:
        beside: the report's columns: what a title is the title of, and what is called the same, depends on them.
    """
    if name == "title" and "focus_id" in beside:
        return "Focus area"
    if name in _called:
        return _called[name]
    measured = next((end for end in _measures if name.endswith(end)), "")
    bare, unit = name.removesuffix(measured), _measures[measured].unit if measured else ""
    if bare.endswith("_at") and bare.removesuffix("_at") not in beside:
        bare = bare.removesuffix("_at")
    return heading(said(bare)) + unit


def measure(name: str) -> Measure | None:
    """How the figures of a column are said, where not as numbers."""
    return next((measure for end, measure in _measures.items() if name.endswith(end)), None)
