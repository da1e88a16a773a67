"""A report's columns as a person reads them: which of them there are on a page, and what each is called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from services.reporting.web import words
from services.reporting.wording import heading, pounds, said

_for_machines = ("_id", "_ids", "trustuid", "current_urn", "suppressed")
_better = {"urn": "school", "urns": "schools", "rag": "state", "training": "requirement"}
"""What another column says better, where it stands beside."""
_first = ("programme", "school")
"""What a row is called by."""
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


def _parts(of: int) -> Callable[[int], str]:
    """Hundredths or thousandths, as a number with as many decimals as it needs."""
    return lambda n: f"{n / of:,.3f}".rstrip("0").rstrip(".")


_measures: Mapping[str, Callable[[Any], str]] = {
    "_ms": words.span,
    "_pence": pounds,
    "_percent": lambda n: f"{n:g}%",
    "_hundredths": _parts(100),
    "_thousandths": _parts(1_000),
    "_km": lambda n: f"{n:g} km",
}
"""How figures are said, by the ending of their column's name."""


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
    end = _ending(name)
    bare = name.removesuffix(end)
    if bare.endswith("_at") and bare.removesuffix("_at") not in beside:
        bare = bare.removesuffix("_at")
    return heading(said(bare)) + (" (%)" if end == "_percent" else "")


def measure(name: str) -> Callable[[Any], str] | None:
    """How the figures of a column are said, where not as numbers."""
    return _measures.get(_ending(name))


def _ending(name: str) -> str:
    return next((end for end in _measures if name.endswith(end)), "")
