"""Who gives, who takes?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.support.fold.history import History, Row, of, when_and_where
from tests.support.fold.periods import Period, Periods
from tests.support.fold.register import Register
from tests.support.fold.report import Report

RATES = ("half_days_a_week", "fte_hundredths")
COUNTS = {
    "offered": "offers",
    "allocated": "allocations",
    "drawn": "draws",
    "requested": "requests",
    "given": "times_given",
    "taken": "times_taken",
}
Kind = tuple[str, str, str]
"""A trust, a dimension and a unit."""
Holder = tuple[Kind, str | None, str | None]
"""Of a kind: a school by its URN, a supplier outside by its name, or neither: the trust."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An offer, an allocation, a draw or a request, as it adds to one figure.

    Attributes:
        counts_on: what is used up counts in the period of this day.
        amounts: of the thing and, below zero, of what is taken back of it, each from a day to a day.
    """

    figure: str
    kind: Kind
    urn: str | None
    outside: str | None
    counts_on: date
    amounts: list[tuple[date, date, int]]
    request: str | None = None
    plan: str | None = None

    def amount(self, day: date | None) -> int:
        """All of it; of a rate, what it is on a day."""
        return sum(quantity for first, last, quantity in self.amounts if day is None or first <= day <= last)

    @property
    def days(self) -> tuple[date, date]:
        return self.amounts[0][:2]


@dataclass(slots=True)
class Cell:
    """A school, the trust or a supplier in a period: what is counted, on which day."""

    period: Period
    counted_on: date | None
    things: list[Thing] = field(default_factory=list)

    def of(self, figure: str) -> list[Thing]:
        return [thing for thing in self.things if thing.figure == figure]

    def total(self, figure: str) -> int:
        return sum(thing.amount(self.counted_on) for thing in self.of(figure))

    def lacks(self, request: Thing) -> int:
        met = [thing.amount(self.counted_on) for thing in self.of("met") if thing.request == request.request]
        return max(request.amount(self.counted_on) - sum(met), 0)

    def covered(self) -> bool | None:
        asked, has = defaultdict[str, int](int), defaultdict[str, int](int)
        for thing in self.things:
            if thing.plan is not None:
                (asked if thing.figure == "requested" else has)[thing.plan] += thing.amount(self.counted_on)
        plans = [plan for plan, quantity in asked.items() if quantity > 0]
        return all(has[plan] >= asked[plan] for plan in plans) if plans else None


def capacity(history: History, at: datetime) -> list[Row]:
    """One row a school, dimension, unit and period; `history` is what was known at `at`."""
    register, periods, things = Register(history, at), Periods(history, at), list(_things(history))
    headings = _trajectories(history, register)
    rows = []
    for (kind, urn, outside), cell in _cells(things, periods):
        trustuid, dimension, unit = kind
        current_urn = register.current_urn(trustuid, urn) if urn else None
        lacking = [quantity for request in cell.of("requested") if (quantity := cell.lacks(request))]
        totals = {figure: cell.total(figure) for figure in COUNTS}
        rows.append(
            {
                "trustuid": trustuid,
                "urn": urn,
                "current_urn": current_urn,
                "outside": outside,
                "school": register.name(trustuid, urn) if urn else outside or "the trust",
                "trajectory": headings.get((trustuid, current_urn)),
                "dimension": dimension,
                "unit": unit,
                "period": cell.period.name,
                "starts_on": cell.period.starts_on.isoformat(),
                "ends_on": cell.period.ends_on.isoformat(),
                "counted_on": cell.counted_on.isoformat() if cell.counted_on else None,
                **totals,
                **{n: sum(t.amount(cell.counted_on) > 0 for t in cell.of(figure)) for figure, n in COUNTS.items()},
                "balance": totals["offered"] - totals["drawn"],
                "unmet": sum(lacking),
                "unmet_requests": len(lacking),
                "covered": cell.covered(),
                "net": totals["given"] - totals["taken"],
            }
        )
    return rows


def _cells(things: Sequence[Thing], periods: Periods) -> list[tuple[Holder, Cell]]:
    cells: dict[tuple[Holder, Period], Cell] = {}
    for kind in {thing.kind for thing in things}:
        placed: dict[Period, list[Thing]] = defaultdict(list)
        for thing in (thing for thing in things if thing.kind == kind):
            first, last = thing.days if kind[-1] in RATES else (thing.counts_on, thing.counts_on)
            for period in periods.touched(kind[0], first, last):
                placed[period].append(thing)
        for period, some in placed.items():
            counted_on = _busiest(period, some) if kind[-1] in RATES else None
            for thing in some:
                holder = (kind, thing.urn, thing.outside)
                cells.setdefault((holder, period), Cell(period, counted_on)).things.append(thing)
    return [(holder, cell) for (holder, _), cell in cells.items() if any(t.figure != "planned" for t in cell.things)]


def _busiest(period: Period, things: Sequence[Thing]) -> date:
    """The first of the days on which most is drawn; where that is equal, allocated, offered, requested."""

    def of_all(day: date) -> list[int]:
        return [
            sum(thing.amount(day) for thing in things if thing.figure == figure)
            for figure in ("drawn", "allocated", "offered", "requested")
        ]

    return max(period.days(), key=of_all)  # of several that are equal, max gives the first


def _things(history: History) -> Iterator[Thing]:
    asked = _requests(history)
    for request in asked.values():
        kind = (request["trustuid"], request["dimension"], request["unit"])
        about = (request["request_id"], request.get("plan_id"))
        amounts = [_amount(request)]
        yield Thing("requested", kind, request["taker_urn"], None, amounts[0][0], amounts, *about)
    for event in of(history, "CapacityOffered"):
        offer = event["data"]
        offer_id, (first, last, _) = offer["offer_id"], _amount(offer)
        kind = (offer["trustuid"], offer["dimension"], offer["unit"])
        giver = (offer.get("giver_urn"), offer.get("outside"))
        back = [_back(w, "withdrawn_on", last) for w in of(history, "CapacityOfferWithdrawn", offer_id=offer_id)]
        yield Thing("offered", kind, *giver, first, [_amount(offer), *back])
        for allocated in of(history, "CapacityAllocated", offer_id=offer_id):
            part = allocated["data"]
            begins, ends, _ = _amount(part)
            released = of(history, "CapacityReleased", offer_id=offer_id, allocation_id=part["allocation_id"])
            amounts = [_amount(part), *(_back(release, "released_on", ends) for release in released)]
            yield Thing("allocated", kind, *giver, first, amounts)
            request = asked.get(part.get("request_id"), {})
            if [request.get(name) for name in ("taker_urn", "dimension", "unit")] == [part["taker_urn"], *kind[1:]]:
                about = (request["request_id"], request.get("plan_id"))
                yield Thing("met", kind, part["taker_urn"], None, _amount(request)[0], amounts, *about)
            elif "plan_id" in part:
                yield Thing("planned", kind, part["taker_urn"], None, begins, amounts, plan=part["plan_id"])
        for drawn in of(history, "CapacityDrawn", offer_id=offer_id):
            draw = drawn["data"]
            amounts = [_amount(draw)]
            yield Thing("drawn", kind, *giver, first, amounts)
            yield Thing("given", kind, *giver, amounts[0][0], amounts)
            yield Thing("taken", kind, draw["taker_urn"], None, amounts[0][0], amounts)


def _requests(history: History) -> dict[str | None, Row]:
    """What is requested: no drafts, and nothing that is withdrawn."""
    asked: dict[str | None, Row] = {}
    for event in of(history, "CapacityRequested", "CapacityRequestConfirmed", "CapacityRequestWithdrawn"):
        request = event["data"]
        if "withdrawn_on" in request:
            del asked[request["request_id"]]
        else:
            asked[request["request_id"]] = {"trustuid": event["trustuid"], **request}
    return {request_id: request for request_id, request in asked.items() if "quantity" in request}


def _amount(about: Row | Any) -> tuple[date, date, int]:
    return date.fromisoformat(about["from_on"]), date.fromisoformat(about["to_on"]), about["quantity"]


def _back(event: Any, day: str, last: date) -> tuple[date, date, int]:
    return date.fromisoformat(event["data"][day]), last, -event["data"]["quantity"]


def _trajectories(history: History, register: Register) -> dict[tuple[str, str | None], str]:
    """Each school's latest: of a URN the last one that was recorded, of several URNs the one that happened last."""
    last = {e["stream"]: e for e in of(history, "SchoolTrajectoryAssessed")}
    return {
        (e["data"]["trustuid"], register.current_urn(e["data"]["trustuid"], e["data"]["urn"])): e["data"]["trajectory"]
        for e in sorted(last.values(), key=when_and_where)
    }


report = Report(capacity, ("trustuid", "urn", "outside", "dimension", "unit", "period"))
