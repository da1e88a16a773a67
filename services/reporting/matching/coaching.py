"""Which coach would suit whom best: of the kind and the specialism that is asked for, not their own manager, near.

A coach has as many places as they can take on at once, and those who are coached already have theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.reporting.matching.assignment import Scores, assign
from services.reporting.matching.fitting import Place, distance_km, met, nearness, worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Somebody would like to be coached. `managers`: who leads them, and so does not coach them."""

    id: str
    trustuid: str
    person_id: str
    urn: str | None
    kind: str
    specialism: str | None = None
    managers: frozenset[str] = frozenset()
    from_on: date = date.min
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coach:
    """A membership of the pool, with its free places. `to_on`: its last day, where that is known."""

    id: str
    trustuid: str
    person_id: str
    urn: str | None
    kinds: frozenset[str]
    places: int
    specialism: str | None = None
    to_on: date | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A coach for somebody, and how far apart their schools are."""

    coach: Coach
    distance_km: float | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for a wish: a coach, and another if it were not for that one; or why there is none.

    Attributes:
        second_for: which other wish the second is suggested for.
        elsewhere: coaches who are better for this wish alone (where there is none: who fit), and the wishes that they
            are suggested for, because more is gained in all like that.
        fitting: how many coaches fit.
    """

    wish: Wish
    best: Pair | None
    second: Pair | None
    why_none: str | None = None
    second_for: Wish | None = None
    elsewhere: tuple[tuple[Coach, Wish], ...] = ()
    fitting: int = 0


def match(wishes: Sequence[Wish], coaches: Sequence[Coach]) -> list[Suggestion]:
    """A suggestion for each wish, in the order of their ids; whoever sends them in another order gets the same."""
    some = sorted(wishes, key=lambda wish: wish.id)
    everybody = sorted(coaches, key=lambda coach: coach.id)
    places = [coach for coach in everybody for _ in range(min(coach.places, len(some)))]
    assigned = assign(score(some, places), [coach.person_id for coach in places])
    having = {m.first: wish for m, wish in zip(assigned, some, strict=True) if m.first is not None}
    return [
        Suggestion(
            wish,
            best=None if m.first is None else _pair(wish, places[m.first]),
            second=None if m.second is None else _pair(wish, places[m.second]),
            why_none=None if m.first is not None else _why_none(wish, everybody, m.fitting),
            second_for=None if m.second is None else having.get(m.second),
            elsewhere=tuple((places[column], having[column]) for column in m.better),
            fitting=m.fitting,
        )
        for m, wish in zip(assigned, some, strict=True)
    ]


def score(wishes: Sequence[Wish], places: Sequence[Coach]) -> Scores:
    """How good each pair is; 0 where the two do not fit."""
    if not wishes or not places:
        return np.zeros((len(wishes), len(places)), dtype=np.int64)
    fits = np.array([[_fits(wish, coach) for coach in places] for wish in wishes], dtype=np.bool_)
    fits &= met([wish.specialism for wish in wishes], [coach.specialism for coach in places])
    near = nearness([wish.place for wish in wishes], [coach.place for coach in places])
    scores: Scores = worth(["medium"] * len(wishes), len(places))[:, None] + near
    return np.where(fits, scores, 0)


def _fits(wish: Wish, coach: Coach) -> bool:
    return (
        coach.trustuid == wish.trustuid
        and wish.kind in coach.kinds
        and coach.person_id != wish.person_id
        and coach.person_id not in wish.managers
        and _in_time(wish, coach)
    )


def _in_time(wish: Wish, coach: Coach) -> bool:
    return coach.to_on is None or wish.from_on <= coach.to_on


def _pair(wish: Wish, coach: Coach) -> Pair:
    return Pair(coach, distance_km(wish.place, coach.place))


def _why_none(wish: Wish, coaches: Sequence[Coach], fitting: int) -> str:
    """The first hurdle that no coach takes."""
    if fitting:
        return "others_need_it_more"
    of_kind = [coach for coach in coaches if coach.trustuid == wish.trustuid and wish.kind in coach.kinds]
    in_time = [coach for coach in of_kind if _in_time(wish, coach)]
    others = [coach for coach in in_time if _fits(wish, coach)]
    able = [coach for coach in others if wish.specialism in (None, coach.specialism)]
    hurdles = ((of_kind, "no_coach_of_the_kind"), (in_time, "not_by_then"), (others, "only_their_own_managers"))
    for left, why in hurdles:
        if not left:
            return why
    return "all_places_taken" if able else "no_such_specialism"
