"""The rows of the report `matches`, from those of its SQL. What the fields are is said there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.reporting.matching import capacity, coaching, saying
from services.reporting.matching.fitting import Place, urgency
from services.reporting.matching.levels import Level, Span, levels
from services.reporting.wording import said, so_much

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Named:
    """An offer or a coach, as a row names them, and the reasons."""

    id: str | None = None
    urn: str | None = None
    name: str | None = None
    km: float | None = None
    reasons: tuple[str, ...] = ()


def of_capacity(asked: Sequence[Row], offered: Sequence[Row], *, seconds: bool = True) -> list[Row]:
    """The most urgent first. Without `seconds` nobody is named who would be next."""
    offers, takers = ({row[id]: row for row in rows} for id, rows in (("offer_id", offered), ("request_id", asked)))
    requests = [request for row in asked if (request := _request(row)).quantity > 0]
    found = [
        _of_capacity(suggestion, takers, offers)
        for suggestion in capacity.match(requests, [_offer(row) for row in offered], seconds=seconds)
    ]
    return sorted(found, key=lambda row: (-urgency[row["priority"]], row["taker"], row["request_id"]))


def _of_capacity(s: capacity.Suggestion, takers: dict[str, Row], offers: dict[str, Row]) -> Row:
    request, row = s.request, takers[s.request.id]
    elsewhere = [(offers[offer.id]["giver"], takers[other.id]["taker"]) for offer, other in s.elsewhere]

    def named(pair: capacity.Pair | None, *more: str) -> _Named:
        if pair is None:
            return _Named()
        offer = offers[pair.offer.id]
        reasons = (*saying.of_capacity(request, pair), *more)
        return _Named(pair.offer.id, offer["giver_urn"], offer["giver"], pair.distance_km, reasons)

    what = f"{so_much(request.quantity, request.unit)} of {said(request.dimension)}"
    return _row(
        {
            "trustuid": row["trustuid"],
            "kind": "capacity",
            "request_id": request.id,
            "taker_urn": row["taker_urn"],
            "taker": row["taker"],
            "asked": _with_specialism(what, request.specialism),
            "priority": request.priority,
            "dimension": request.dimension,
            "specialism": request.specialism,
            "quantity": request.quantity,
            "unit": request.unit,
            "from_on": request.from_on,
            "to_on": request.to_on,
        },
        best=named(s.best, saying.competition(s.fitting, elsewhere)),
        second=named(s.second, *([saying.suggested_for(takers[s.second_for.id]["taker"])] if s.second_for else [])),
        covered={
            "would_cover": so_much(s.best.would_cover, request.unit) if s.best else None,
            "covers": s.best.would_cover if s.best else None,
            "overlap_days": s.best.overlap_days if s.best else None,
        },
        why_none=saying.why_none(s.why_none, elsewhere) if s.why_none else None,
    )


def of_coaching(wished: Sequence[Row], pool: Sequence[Row]) -> list[Row]:
    """By the school of who asks."""
    coaches, wishes = ({row[id]: row for row in rows} for id, rows in (("membership_id", pool), ("request_id", wished)))
    found = [
        _of_coaching(suggestion, wishes, coaches)
        for suggestion in coaching.match([_wish(row) for row in wished], [_coach(row) for row in pool])
    ]
    return sorted(found, key=lambda row: (row["taker"], row["request_id"]))


def _of_coaching(s: coaching.Suggestion, wishes: dict[str, Row], coaches: dict[str, Row]) -> Row:
    wish, row = s.wish, wishes[s.wish.id]
    elsewhere = [
        (f"somebody of {coaches[coach.id]['school']}", f"somebody of {wishes[other.id]['school']}")
        for coach, other in s.elsewhere
    ]

    def named(pair: coaching.Pair | None, *more: str) -> _Named:
        if pair is None:
            return _Named()
        coach = coaches[pair.coach.id]
        reasons = (*saying.of_coaching(wish, pair), *more)
        return _Named(pair.coach.id, coach["urn"], coach["school"], pair.distance_km, reasons)

    second_for = s.second_for and saying.suggested_for(f"somebody of {wishes[s.second_for.id]['school']}")
    return _row(
        {
            "trustuid": row["trustuid"],
            "kind": "coaching",
            "request_id": wish.id,
            "taker_urn": wish.urn,
            "taker": row["school"],
            "asked": _with_specialism(said(wish.kind), wish.specialism),
            "priority": None,
            "dimension": wish.kind,
            "specialism": wish.specialism,
            "quantity": None,
            "unit": None,
            "from_on": row["from_on"],
            "to_on": row["to_on"],
        },
        best=named(s.best, saying.competition(s.fitting, elsewhere)),
        second=named(s.second, *([second_for] if second_for else [])),
        covered={"would_cover": "one place" if s.best else None, "covers": None, "overlap_days": None},
        why_none=saying.why_none(s.why_none, elsewhere) if s.why_none else None,
    )


def _row(asked: Row, *, best: _Named, second: _Named, covered: Row, why_none: str | None) -> Row:
    return {
        **asked,
        "offer_id": best.id,
        "giver_urn": best.urn,
        "giver": best.name,
        **covered,
        "distance_km": best.km,
        "reasons": [why_none] if why_none else [*best.reasons],
        "second_id": second.id,
        "second_giver_urn": second.urn,
        "second_giver": second.name,
        "second_reasons": [*second.reasons],
    }


def _with_specialism(what: str, specialism: str | None) -> str:
    return f"{what} ({said(specialism)})" if specialism else what


def _request(row: Row) -> capacity.Request:
    """What is still needed: of a rate, on the day on which the least is allocated."""
    met = min(level.quantity for level in _levels(row))
    same = ("trustuid", "dimension", "unit", "from_on", "to_on", "specialism", "priority")
    return capacity.Request(
        **{name: row[name] for name in same},
        id=row["request_id"],
        taker_urn=row["current_urn"],
        quantity=row["quantity"] - met,
        place=_place(row),
    )


def _offer(row: Row) -> capacity.Offer:
    return capacity.Offer(
        **{name: row[name] for name in ("trustuid", "dimension", "unit", "specialism")},
        id=row["offer_id"],
        giver_urn=row["current_urn"],
        levels=_levels(row),
        place=_place(row),
    )


def _levels(row: Row) -> tuple[Level, ...]:
    spans = [Span(*span) for span in zip(row["from_days"], row["to_days"], row["quantities"], strict=True)]
    return levels(spans, row["unit"], row["from_on"], row["to_on"])


def _wish(row: Row) -> coaching.Wish:
    return coaching.Wish(
        **{name: row[name] for name in ("trustuid", "person_id", "urn", "kind", "specialism", "from_on")},
        id=row["request_id"],
        managers=frozenset(filter(None, [row["manager_id"]])),
        place=_place(row),
    )


def _coach(row: Row) -> coaching.Coach:
    return coaching.Coach(
        **{name: row[name] for name in ("trustuid", "person_id", "urn", "specialism", "places", "to_on")},
        id=row["membership_id"],
        kinds=frozenset(row["kinds"]),
        place=_place(row),
    )


def _place(row: Row) -> Place | None:
    known = row["easting"] is not None and row["northing"] is not None
    return Place(row["easting"], row["northing"]) if known else None
