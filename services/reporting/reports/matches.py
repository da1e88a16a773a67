"""Who could help? One row a request for capacity that is open, and one a wish to be coached, each with a suggestion.

It is advice: the assignment of what is asked to what is on offer that helps the most, the urgent first, then covers
the most and goes the shortest ways. Nothing is allocated by it. A request that is met is none any more.

- trustuid, kind: "capacity" or "coaching"
- request_id, taker_urn, taker: who asks, a school
- asked: what, in words; priority: of a request for capacity
- offer_id, giver_urn, giver: the offer that would help, or the coach's membership; null where nothing fits
- would_cover: how much of it, in words
- overlap_days, distance_km: the days that both are about; as the crow flies, null where a place is not known
- reasons: why this one, in words; or, without one, why none
- second_id, second_giver_urn, second_giver, second_reasons: the best of those that are left over, and how it differs
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.reporting.matching import capacity, coaching
from services.reporting.matching.fitting import Place
from services.reporting.matching.levels import Level, Span, levels
from services.reporting.reports.sql import Connection, fetch, urns

needs: tuple[str, ...] = ("register", "capacity", "coaching")

_whose_trust = "the trust"
Row = dict[str, Any]

_why_none = {
    "nothing_offered": "Nobody offers this in this unit.",
    "not_at_that_time": "What is offered is not offered in these days.",
    "only_its_own": "Only the school itself offers this.",
    "no_such_specialism": "Nobody who offers this has the specialism.",
    "all_allocated": "All that is offered is allocated.",
    "others_need_it_more": "What would fit is suggested for others, who need it more or whom it suits better.",
    "no_coach_of_the_kind": "Nobody in the pool coaches in this way.",
    "only_their_own_managers": "Only themselves or who leads them could.",
    "all_places_taken": "All coaches who would suit have no place left.",
}
_units = {
    "half_days": ("half-day", "half-days"),
    "places": ("place", "places"),
    "half_days_a_week": ("half-day a week", "half-days a week"),
}


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[Row]:
    of_school = await urns(conn, school)
    found = [*await _capacity(conn, at, trust), *await _coaching(conn, at, trust)]
    return [row for row in found if of_school is None or row["taker_urn"] in of_school or row["giver_urn"] in of_school]


async def _capacity(conn: Connection, at: datetime, trust: str | None) -> Iterable[Row]:
    offered = {row["offer_id"]: row for row in await fetch(conn, "matches_offers", at, trust)}
    asked = {row["request_id"]: row for row in await fetch(conn, "matches_requests", at, trust)}
    requests = [request for row in asked.values() if (request := _request(row)).quantity > 0]
    suggested = capacity.match(requests, [_offer(row) for row in offered.values()])
    return [_of_capacity(suggestion, asked[suggestion.request.id], offered) for suggestion in suggested]


def _request(row: Row) -> capacity.Request:
    """What is still needed: of a rate, on the day on which the least is allocated."""
    met = min(level.quantity for level in _levels(row))
    return capacity.Request(
        id=row["request_id"],
        trustuid=row["trustuid"],
        taker_urn=row["taker_urn"],
        dimension=row["dimension"],
        unit=row["unit"],
        quantity=row["quantity"] - met,
        from_on=row["from_on"],
        to_on=row["to_on"],
        specialism=row["specialism"],
        priority=row["priority"],
        place=_place(row),
    )


def _offer(row: Row) -> capacity.Offer:
    return capacity.Offer(
        id=row["offer_id"],
        trustuid=row["trustuid"],
        giver_urn=row["giver_urn"],
        dimension=row["dimension"],
        unit=row["unit"],
        levels=_levels(row),
        specialism=row["specialism"],
        place=_place(row),
    )


def _levels(row: Row) -> tuple[Level, ...]:
    spans = [Span(*span) for span in zip(row["from_days"], row["to_days"], row["quantities"], strict=True)]
    return levels(spans, row["unit"], row["from_on"], row["to_on"])


def _of_capacity(suggestion: capacity.Suggestion, row: Row, offered: dict[str, Row]) -> Row:
    request, best, second = suggestion.request, suggestion.best, suggestion.second
    giver = offered[best.offer.id]["giver"] or _whose_trust if best else None
    return {
        "trustuid": row["trustuid"],
        "kind": "capacity",
        "request_id": request.id,
        "taker_urn": request.taker_urn,
        "taker": row["taker"],
        "asked": f"{_amount(request.quantity, request.unit)} of {_dimension(request.dimension)}"
        + (f" ({request.specialism})" if request.specialism else ""),
        "priority": request.priority,
        "offer_id": best.offer.id if best else None,
        "giver_urn": best.offer.giver_urn if best else None,
        "giver": giver,
        "would_cover": _amount(best.would_cover, request.unit) if best else None,
        "overlap_days": best.overlap_days if best else None,
        "distance_km": best.distance_km if best else None,
        "reasons": _reasons(request, best) if best else [_why_none[suggestion.why_none or ""]],
        "second_id": second.offer.id if second else None,
        "second_giver_urn": second.offer.giver_urn if second else None,
        "second_giver": offered[second.offer.id]["giver"] or _whose_trust if second else None,
        "second_reasons": _reasons(request, second) if second else [],
    }


def _reasons(request: capacity.Request, pair: capacity.Pair) -> list[str]:
    found = [
        f"covers {_amount(pair.would_cover, request.unit)} of {_amount(request.quantity, request.unit)}",
        f"{pair.overlap_days} days in common",
        _distance(pair.distance_km),
    ]
    if request.specialism:
        found.append(f"has the specialism {request.specialism}")
    return found


async def _coaching(conn: Connection, at: datetime, trust: str | None) -> Iterable[Row]:
    coaches = {row["membership_id"]: row for row in await fetch(conn, "matches_coaches", at, trust)}
    wished = {row["request_id"]: row for row in await fetch(conn, "matches_wishes", at, trust)}
    wishes = [
        coaching.Wish(
            id=row["request_id"],
            trustuid=row["trustuid"],
            person_id=row["person_id"],
            urn=row["urn"],
            kind=row["kind"],
            specialism=row["specialism"],
            managers=frozenset(filter(None, [row["manager_id"]])),
            place=_place(row),
        )
        for row in wished.values()
    ]
    pool = [
        coaching.Coach(
            id=row["membership_id"],
            trustuid=row["trustuid"],
            person_id=row["person_id"],
            urn=row["urn"],
            kinds=frozenset(row["kinds"]),
            places=row["places"],
            specialism=row["specialism"],
            place=_place(row),
        )
        for row in coaches.values()
    ]
    suggested = coaching.match(wishes, pool)
    return [_of_coaching(suggestion, wished[suggestion.wish.id], coaches) for suggestion in suggested]


def _of_coaching(suggestion: coaching.Suggestion, row: Row, coaches: dict[str, Row]) -> Row:
    wish, best, second = suggestion.wish, suggestion.best, suggestion.second
    return {
        "trustuid": row["trustuid"],
        "kind": "coaching",
        "request_id": wish.id,
        "taker_urn": wish.urn,
        "taker": row["school"] or _whose_trust,
        "asked": _kind(wish.kind) + (f" ({wish.specialism})" if wish.specialism else ""),
        "priority": None,
        "offer_id": best.coach.id if best else None,
        "giver_urn": best.coach.urn if best else None,
        "giver": coaches[best.coach.id]["school"] or _whose_trust if best else None,
        "would_cover": "one place" if best else None,
        "overlap_days": None,
        "distance_km": best.distance_km if best else None,
        "reasons": _coaching_reasons(wish, best) if best else [_why_none[suggestion.why_none or ""]],
        "second_id": second.coach.id if second else None,
        "second_giver_urn": second.coach.urn if second else None,
        "second_giver": coaches[second.coach.id]["school"] or _whose_trust if second else None,
        "second_reasons": _coaching_reasons(wish, second) if second else [],
    }


def _coaching_reasons(wish: coaching.Wish, pair: coaching.Pair) -> list[str]:
    found = [f"coaches as {_kind(wish.kind)}, and has a place", _distance(pair.distance_km)]
    if wish.specialism:
        found.append(f"has the specialism {wish.specialism}")
    return found


def _place(row: Row) -> Place | None:
    known = row["easting"] is not None and row["northing"] is not None
    return Place(row["easting"], row["northing"]) if known else None


def _distance(km: float | None) -> str:
    return "distance not known" if km is None else f"{km:g} km apart"


def _amount(quantity: int, unit: str) -> str:
    match unit:
        case "pence":
            return f"£{quantity / 100:,.2f}"
        case "fte_hundredths":
            return f"{quantity / 100:.2f} of full time"
        case _:
            return f"{quantity:,} {_units[unit][quantity != 1]}"


def _dimension(dimension: str) -> str:
    return {"intellectual": "intellectual capacity", "financial": "money"}.get(dimension, dimension)


def _kind(kind: str) -> str:
    return {
        "ect_mentor": "mentor of an early-career teacher",
        "lle_head": "local leader for a head",
        "sle_group": "specialist leader for a group",
        "nlg_chair": "national leader for a chair of governors",
    }.get(kind, kind)
