"""What is suggested, in words: amounts, and the reasons for a pair, for the next one, and for there being none."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.matching import capacity, coaching
from services.reporting.wording import said, so_much

_named_at_most = 3
_why_none = {
    "nothing_offered": "Nobody offers this in this unit.",
    "not_at_that_time": "What is offered is not offered in these days.",
    "only_its_own": "Only the school itself offers this.",
    "no_such_specialism": "Nobody who offers this has the specialism.",
    "all_allocated": "All that is offered is allocated.",
    "no_coach_of_the_kind": "Nobody in the pool coaches in this way.",
    "not_by_then": "Who coaches in this way has left the pool by then.",
    "only_their_own_managers": "Only themselves or who leads them could.",
    "all_places_taken": "All coaches who would suit have no place left.",
}


def of_capacity(request: capacity.Request, pair: capacity.Pair) -> list[str]:
    """Why an offer suits a request."""
    found = [
        f"covers {so_much(pair.would_cover, request.unit)} of {so_much(request.quantity, request.unit)}",
        f"{pair.overlap_days} days in common",
        distance(pair.distance_km),
    ]
    if request.specialism:
        found.append(f"has the specialism {said(request.specialism)}")
    return found


def of_coaching(wish: coaching.Wish, pair: coaching.Pair) -> list[str]:
    """Why a coach suits a wish."""
    found = [f"coaches as {said(wish.kind)}, and has a place", distance(pair.distance_km)]
    if wish.specialism:
        found.append(f"has the specialism {said(wish.specialism)}")
    return found


def competition(fitting: int, elsewhere: Sequence[tuple[str, str]]) -> str:
    """How it stands among all that fit.

    Args:
        elsewhere: who would suit better by themselves, each with the name of whom they are suggested for.
    """
    if elsewhere:
        return f"would suit better but helps more elsewhere: {_named(elsewhere)}"
    return "nobody else fits" if fitting == 1 else f"nobody of the {fitting} that fit suits better"


def why_none(why: str, elsewhere: Sequence[tuple[str, str]]) -> str:
    """Why nothing is suggested; `elsewhere`: who would fit, and for whom they are suggested."""
    if elsewhere:
        return f"Who would fit is suggested for others, who need it more or whom it suits better: {_named(elsewhere)}."
    return _why_none[why]


def suggested_for(name: str) -> str:
    """What speaks against a second one that another has."""
    return f"is suggested for {name}"


def distance(km: float | None) -> str:
    return "distance not known" if km is None else f"{km:g} km apart"


def _named(elsewhere: Sequence[tuple[str, str]]) -> str:
    named = [f"{giver} for {taker}" for giver, taker in elsewhere[:_named_at_most]]
    more = len(elsewhere) - len(named)
    return ", ".join([*named, f"{more} more"] if more else named)
