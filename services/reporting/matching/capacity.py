"""Which offer of capacity would help which request best: of one dimension and unit, in time, of the right specialism.

A request is met by one offer here, and an offer meets one request: it says whom to ask first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from services.reporting.matching.assignment import Scores, assign
from services.reporting.matching.fitting import (
    Flags,
    Numbers,
    Place,
    Priority,
    distance_km,
    equal,
    met,
    nearness,
    worth,
)
from services.reporting.matching.levels import Level

_whole = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a school still needs, in one unit of one dimension."""

    id: str
    trustuid: str
    taker_urn: str
    dimension: str
    unit: str
    quantity: int
    from_on: date
    to_on: date
    specialism: str | None = None
    priority: Priority = "medium"
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is still free of an offer. Of what is used up there is one level, of a rate one for each stretch of days."""

    id: str
    trustuid: str
    giver_urn: str | None
    dimension: str
    unit: str
    levels: tuple[Level, ...]
    specialism: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """How well an offer fits a request."""

    offer: Offer
    would_cover: int
    overlap_days: int
    distance_km: float | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for a request: an offer, and another one if it were not for that one; or why there is none.

    Attributes:
        second_for: which other request the second is suggested for.
        elsewhere: offers that are better for this request alone (where there is none: that fit), and the requests that
            they are suggested for, because more is gained in all like that.
        fitting: how many offers fit.
    """

    request: Request
    best: Pair | None
    second: Pair | None
    why_none: str | None = None
    second_for: Request | None = None
    elsewhere: tuple[tuple[Offer, Request], ...] = ()
    fitting: int = 0


def match(requests: Sequence[Request], offers: Sequence[Offer], *, seconds: bool = True) -> list[Suggestion]:
    """A suggestion for each request, in the order of their ids; whoever sends them in another order gets the same."""
    found: dict[str, Suggestion] = {}
    for some, others in _groups(requests, offers):
        assigned = assign(score(some, others), [offer.id for offer in others], seconds=seconds)
        having = {m.first: request for m, request in zip(assigned, some, strict=True) if m.first is not None}
        for m, request in zip(assigned, some, strict=True):
            found[request.id] = Suggestion(
                request,
                best=None if m.first is None else _pair(request, others[m.first]),
                second=None if m.second is None else _pair(request, others[m.second]),
                why_none=None if m.first is not None else _why_none(request, others, m.fitting),
                second_for=None if m.second is None else having.get(m.second),
                elsewhere=tuple((others[column], having[column]) for column in m.better),
                fitting=m.fitting,
            )
    return [found[request.id] for request in sorted(requests, key=lambda request: request.id)]


def score(requests: Sequence[Request], offers: Sequence[Offer]) -> Scores:
    """How good each pair is; 0 where the two do not fit. All are of one trust, dimension and unit."""
    if not requests or not offers:
        return np.zeros((len(requests), len(offers)), dtype=np.int64)
    covered = _covered(requests, offers)
    fits = (covered > 0) & _others(requests, offers)
    fits &= met([r.specialism for r in requests], [o.specialism for o in offers])
    share = _whole * covered // np.array([r.quantity for r in requests], dtype=np.int64)[:, None]
    near = nearness([r.place for r in requests], [o.place for o in offers])
    scores: Scores = worth([r.priority for r in requests], len(offers))[:, None] + share + near
    return np.where(fits, scores, 0)


def _groups(requests: Sequence[Request], offers: Sequence[Offer]) -> Iterator[tuple[list[Request], list[Offer]]]:
    asked: dict[tuple[str, str, str], list[Request]] = defaultdict(list)
    offered: dict[tuple[str, str, str], list[Offer]] = defaultdict(list)
    for request in sorted(requests, key=lambda request: request.id):
        asked[request.trustuid, request.dimension, request.unit].append(request)
    for offer in sorted(offers, key=lambda offer: offer.id):
        offered[offer.trustuid, offer.dimension, offer.unit].append(offer)
    for kind, some in asked.items():
        yield some, offered[kind]


def _covered(requests: Sequence[Request], offers: Sequence[Offer]) -> Numbers:
    """How much of each request each offer has free on every day that they share; 0 where they share none."""
    first = np.array([r.from_on.toordinal() for r in requests], dtype=np.int64)
    last = np.array([r.to_on.toordinal() for r in requests], dtype=np.int64)
    wanted = np.array([r.quantity for r in requests], dtype=np.int64)
    covered = np.zeros((len(requests), len(offers)), dtype=np.int64)
    for column, offer in enumerate(offers):
        shares_any = np.zeros(len(requests), dtype=np.bool_)
        free = wanted.copy()
        for level in offer.levels:
            shares = (first <= level.to_on.toordinal()) & (last >= level.from_on.toordinal())
            free = np.where(shares, np.minimum(free, level.quantity), free)
            shares_any |= shares
        covered[:, column] = np.where(shares_any, free, 0)
    return covered


def _others(requests: Sequence[Request], offers: Sequence[Offer]) -> Flags:
    return ~equal([r.taker_urn for r in requests], [o.giver_urn or "" for o in offers])


def _pair(request: Request, offer: Offer) -> Pair:
    covered = int(_covered([request], [offer])[0, 0])
    return Pair(offer, covered, _overlap_days(request, offer), distance_km(request.place, offer.place))


def _overlap_days(request: Request, offer: Offer) -> int:
    first = max(request.from_on, min(level.from_on for level in offer.levels))
    last = min(request.to_on, max(level.to_on for level in offer.levels))
    return max((last - first + timedelta(days=1)).days, 0)


def _why_none(request: Request, offers: Sequence[Offer], fitting: int) -> str:
    """The first hurdle that no offer of the kind takes."""
    if fitting:
        return "others_need_it_more"
    in_time = [offer for offer in offers if _overlap_days(request, offer)]
    of_others = [offer for offer in in_time if offer.giver_urn != request.taker_urn]
    able = [offer for offer in of_others if request.specialism in (None, offer.specialism)]
    for left, why in ((offers, "nothing_offered"), (in_time, "not_at_that_time"), (of_others, "only_its_own")):
        if not left:
            return why
    return "all_allocated" if able else "no_such_specialism"
