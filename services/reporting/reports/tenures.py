"""Who holds which share of a post, from when until when: a post's changes played in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

WHOLE = 100
"""Of a post, in hundredths."""


@dataclass(slots=True)
class Tenure:
    """`until_on` is the first day without them; one that ends on the day it begins never was.

    Attributes:
        entry: who, as the register had them then; `person_id` is the entry that stands for them now.
        internal: whether they came from within the trust; None of who held the post when it was registered.
        goes_on: they held another share until that day, and not for a time only.
    """

    entry: UUID
    person_id: UUID
    share_hundredths: int
    interim: bool
    internal: bool | None
    goes_on: bool
    event_id: UUID
    from_on: date
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


def tenures(changes: Iterable[Mapping[str, Any]]) -> list[Tenure]:
    """The tenures of one post, from its rows of `post_change` with `person_id` as `entry` and who that is now."""
    found: list[Tenure] = []
    for change in changes:
        own, day = [tenure for tenure in found if tenure.entry == change["entry"]], change["on_day"]
        match change["kind"]:
            case "vacated":
                for tenure in _latest([one for one in own if one.from_on <= day]):
                    tenure.until_on = day
            case "stays":
                for tenure in _latest(own):
                    tenure.until_on = None
            case _:
                found.append(_taken(change, [one for one in own if one.holds_on(day)]))
    return found


def _latest(own: Sequence[Tenure]) -> list[Tenure]:
    """The one that began last; of two from one day, the one recorded last."""
    return sorted(own, key=lambda tenure: tenure.from_on)[-1:]


def _taken(change: Mapping[str, Any], held: Sequence[Tenure]) -> Tenure:
    for tenure in held:
        tenure.until_on = change["on_day"]
    return Tenure(
        entry=change["entry"],
        person_id=change["person_id"],
        share_hundredths=change["share_hundredths"],
        interim=change["interim"],
        internal=change["internal"],
        goes_on=any(not tenure.interim for tenure in held),
        event_id=change["event_id"],
        from_on=change["on_day"],
    )


def fills(tenure: Tenure, after: date, upto: date) -> bool:
    """Whether a post was filled by it between two days, the first not included.

    Not by who takes it for a time, by who had it already, or by who was to take it and then did not.
    """
    begins = after < tenure.from_on <= upto and tenure.until_on != tenure.from_on
    return begins and tenure.internal is not None and not tenure.interim and not tenure.goes_on


def open_from(day: date, held: Sequence[Tenure]) -> tuple[date, int] | None:
    """The first day from this one on which a part of the post is held by nobody, or only for a time, and how much.

    None: no such day is known.
    """
    ends = {tenure.until_on for tenure in held if tenure.until_on is not None and tenure.until_on > day}
    for one in sorted({day, *ends}):
        kept = sum(tenure.share_hundredths for tenure in held if tenure.holds_on(one) and not tenure.interim)
        if kept < WHOLE:
            return one, WHOLE - kept
    return None
