"""Who gives and who takes: offers and requests in five dimensions, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from deploy.demo.conversation import Raised
from deploy.demo.people import People
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import at, trust_reports
from deploy.demo.trust import UID, named

_FROM, _TO = "2026-11-02", "2027-02-12"
_OFFERS: tuple[tuple[str, str | None, str, int, str, dict[str, str]], ...] = (
    ("maths-days", "900007", "people", 12, "half_days", {"specialism": "maths"}),
    ("deputy-days", "900002", "people", 10, "half_days", {}),
    ("cover", "900005", "time", 4, "half_days_a_week", {}),
    ("governors", "900001", "time", 8, "half_days", {}),
    ("training", "900009", "intellectual", 20, "places", {}),
    ("schemes", None, "intellectual", 10, "half_days", {}),
    ("fund", None, "financial", 1_500_000, "pence", {}),
    ("network", "900011", "collaboration", 9, "half_days", {}),
    ("university", None, "intellectual", 6, "places", {"outside": "University of Northmoor"}),
)
_REQUESTS: tuple[
    tuple[str, str, str, int, str, str, dict[str, str]], ...
] = (  # name, school, dimension, quantity, unit, priority, more
    ("maths", "900006", "people", 8, "half_days", "high", {"specialism": "maths"}),
    ("timetable", "900004", "time", 2, "half_days_a_week", "medium", {}),
    ("places", "900008", "intellectual", 6, "places", "medium", {}),
    ("books", "900012", "financial", 400_000, "pence", "high", {}),
    ("visits", "900003", "collaboration", 4, "half_days", "low", {}),
    ("cover-more", "900012", "time", 3, "half_days_a_week", "medium", {}),
    ("reading", "900010", "people", 5, "half_days", "high", {}),
    ("later", "900009", "people", 2, "half_days", "low", {}),
)
_ALLOCATIONS = (  # name, offer, request, school, quantity, from, to
    ("maths", "maths-days", "maths", "900006", 6, "2026-11-23", "2026-12-18"),
    ("timetable", "cover", "timetable", "900004", 2, "2026-11-16", "2026-12-18"),
    ("places", "training", "places", "900008", 6, "2026-11-16", "2027-01-29"),
    ("books", "fund", "books", "900012", 250_000, "2026-11-16", "2027-02-12"),
    ("visits", "network", "visits", "900003", 4, "2026-11-16", "2026-12-18"),
)
_DRAWS = (  # allocation, quantity, from, to
    ("maths", 2, "2026-11-24", "2026-11-24"),
    ("maths", 2, "2026-12-01", "2026-12-01"),
    ("timetable", 2, "2026-11-16", "2026-12-04"),
    ("places", 4, "2026-11-25", "2026-11-25"),
    ("books", 180_000, "2026-12-03", "2026-12-03"),
    ("visits", 3, "2026-11-26", "2026-12-02"),
)

_DRAFTS = uuid5(NAMESPACE_URL, "uk.mat/collaboration/drafts")  # what the service makes a draft's id of
_AMOUNTS = (4, 2, 6)  # what the trust confirms of the drafts


def help_each_other(diary: Diary, people: People, raised: Sequence[Raised], seed: int) -> None:
    """All of it, as the half term goes on; of what was drafted from answers the trust confirms some."""
    told = _Helping(people, seed)
    for when, sayings in (
        ("2026-11-04T10:00", [*told.offered(), *told.requested()]),
        ("2026-11-13T10:00", told.allocated()),
        ("2026-12-04T10:00", told.drawn()),
        ("2026-12-10T12:30", [told.released(), told.withdrawn(), told.not_needed()]),
    ):
        diary.say(at(when), *sayings)
    for asked_at, saying in told.confirmed(raised):
        diary.say(asked_at, saying)


class _Helping:
    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._seed = seed

    def offered(self) -> Iterator[Saying]:
        """The deputy's days of Birchfield are one person's: they become a proposal to deploy them."""
        for name, urn, dimension, quantity, unit, more in _OFFERS:
            data = {
                "offer_id": self._id("offer", name),
                "trustuid": UID,
                "dimension": dimension,
                "quantity": quantity,
                "unit": unit,
                "from_on": _FROM,
                "to_on": _TO,
                **({} if urn is None else {"giver_urn": urn}),
                **more,
            }
            if name == "maths-days":
                data["person_id"] = str(self._people.at("900007", "assistant_headteacher").person_id)
            yield trust_reports(f"offer-{name}", "CapacityOffered", data)

    def requested(self) -> Iterator[Saying]:
        for name, urn, dimension, quantity, unit, priority, more in _REQUESTS:
            data = {
                "request_id": self._id("request", name),
                "trustuid": UID,
                "taker_urn": urn,
                "dimension": dimension,
                "quantity": quantity,
                "unit": unit,
                "from_on": "2026-11-09",
                "to_on": "2027-02-12",
                "priority": priority,
                "plan_id": self._id("plan", urn),
                **more,
            }
            yield trust_reports(f"request-{name}", "CapacityRequested", data)

    def allocated(self) -> Iterator[Saying]:
        for name, offer, request, urn, quantity, from_on, to_on in _ALLOCATIONS:
            data = {
                "allocation_id": self._id("allocation", name),
                "offer_id": self._id("offer", offer),
                "request_id": self._id("request", request),
                "taker_urn": urn,
                "quantity": quantity,
                "from_on": from_on,
                "to_on": to_on,
                "plan_id": self._id("plan", urn),
            }
            yield trust_reports(f"allocation-{name}", "CapacityAllocated", data)

    def drawn(self) -> Iterator[Saying]:
        for number, (name, quantity, from_on, to_on) in enumerate(_DRAWS):
            data = {
                **self._allocation(name),
                "draw_id": self._id("draw", number),
                "quantity": quantity,
                "from_on": from_on,
                "to_on": to_on,
            }
            yield trust_reports(f"draw-{number}", "CapacityDrawn", data)

    def released(self) -> Saying:
        data = {
            **self._allocation("books"),
            "release_id": self._id("release"),
            "quantity": 50_000,
            "released_on": "2026-12-09",
        }
        return trust_reports("release", "CapacityReleased", data)

    def withdrawn(self) -> Saying:
        data = {
            "withdrawal_id": self._id("withdrawal"),
            "offer_id": self._id("offer", "governors"),
            "quantity": 3,
            "withdrawn_on": "2026-12-09",
        }
        return trust_reports("offer-governors-withdrawn", "CapacityOfferWithdrawn", data)

    def not_needed(self) -> Saying:
        data = {
            "request_id": self._id("request", "later"),
            "reason": "found_elsewhere",
            "withdrawn_on": "2026-12-09",
        }
        return trust_reports("request-later-withdrawn", "CapacityRequestWithdrawn", data)

    def confirmed(self, raised: Sequence[Raised]) -> Iterator[tuple[datetime, Saying]]:
        """Three of the drafts that answers became, a day after each was asked for."""
        asked = [r for r in sorted(raised, key=lambda r: (r.at, r.name)) if r.help_dimension == "people"]
        seen: set[tuple[str, str]] = set()
        for answer in asked:
            if len(seen) == len(_AMOUNTS) or (answer.item_id, answer.urn) in seen:
                continue
            quantity = _AMOUNTS[len(seen)]
            seen.add((answer.item_id, answer.urn))
            data = {
                "request_id": str(uuid5(_DRAFTS, f"{answer.item_id}\n{answer.urn}")),
                "dimension": "people",
                "quantity": quantity,
                "unit": "half_days",
                "from_on": str(answer.at.date() + timedelta(days=7)),
                "to_on": "2027-01-29",
                "priority": "high",
            }
            said = trust_reports(f"confirmed-{answer.name}", "CapacityRequestConfirmed", data)
            yield answer.at + timedelta(hours=20), replace(said, confirms=(UUID(answer.item_id), answer.urn))

    def _allocation(self, name: str) -> dict[str, str]:
        offer = next(of for allocation, of, *_ in _ALLOCATIONS if allocation == name)
        return {"allocation_id": self._id("allocation", name), "offer_id": self._id("offer", offer)}

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))
