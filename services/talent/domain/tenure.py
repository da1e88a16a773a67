"""Tenures: who holds which share of a post, from when until when. Values only; a post decides with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.contracts.talent.posts import Incumbent, Share, VacancyReason
from shared.contracts.vocabulary import Day, PersonId

WHOLE = 100  # hundredths of a post


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """`until_on` is the first day without them."""

    person_id: PersonId
    share_hundredths: Share
    interim: bool = False
    from_on: Day
    until_on: Day | None = None
    reason: VacancyReason | None = None

    @property
    def taken_up(self) -> bool:
        """One that ends as it begins never was: somebody was to take the post, and then did not."""
        return self.until_on != self.from_on

    def holds_on(self, day: Day) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


Tenures = tuple[Tenure, ...]


def tenure_of(incumbent: Incumbent) -> Tenure:
    return Tenure(
        person_id=incumbent.person_id,
        share_hundredths=incumbent.share_hundredths,
        interim=incumbent.interim,
        from_on=incumbent.from_on,
    )


def holders_on(day: Day, tenures: Iterable[Tenure]) -> Tenures:
    return tuple(tenure for tenure in tenures if tenure.holds_on(day))


def holders_before(day: Day, tenures: Iterable[Tenure]) -> Tenures:
    """Who holds a share on the day before."""
    return tuple(t for t in tenures if t.from_on < day and (t.until_on is None or day <= t.until_on))


def most_held(tenures: Sequence[Tenure]) -> int:
    """The largest sum of shares on any day. It only rises on a day on which somebody begins."""
    days = {tenure.from_on for tenure in tenures}
    return max((sum(tenure.share_hundredths for tenure in holders_on(day, tenures)) for day in days), default=0)


def latest_of(person_id: PersonId, tenures: Iterable[Tenure], by: Day | None = None) -> Tenure | None:
    """A person's latest tenure, of those that began by a day where one is given."""
    own = [t for t in tenures if t.person_id == person_id and (by is None or t.from_on <= by)]
    return max(reversed(own), key=lambda tenure: tenure.from_on, default=None)  # of two from one day, the last recorded


def is_incumbent_from(day: Day, person_id: PersonId, tenures: Iterable[Tenure]) -> bool:
    """Whether a person holds a share on this day, or will on a later one."""
    return any(
        tenure.person_id == person_id and tenure.taken_up and (tenure.until_on is None or day < tenure.until_on)
        for tenure in tenures
    )


def ending(tenure: Tenure | None, until_on: Day | None, reason: VacancyReason | None, tenures: Tenures) -> Tenures:
    """The tenures with this one ending on another day, or with no end known."""
    return tuple(replace(t, until_on=until_on, reason=reason) if t is tenure else t for t in tenures)


def taking(taken: Tenure, tenures: Tenures) -> Tenures:
    """The tenures with a new one: whoever held another share until then, or held it for a time, holds this one now."""
    before = [t for t in holders_on(taken.from_on, tenures) if t.person_id == taken.person_id]
    for tenure in before:
        tenures = ending(tenure, taken.from_on, None, tenures)
    return (*tenures, taken)
