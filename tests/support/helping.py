"""A trust whose schools ask and give, told as events: for tests of what reporting makes of capacity and coaching."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from shared.contracts.collaboration import capacity as c
from shared.contracts.collaboration import coaching as k
from shared.contracts.talent.register import SchoolJoinedTrust
from tests.support.story import TRUST, Story, named

ASHBY, BIRCH, CEDAR = "900001", "900002", "900003"
FROM, TO = date(2026, 11, 1), date(2026, 12, 18)


class Helping:
    """A trust of three schools in a row, each ten kilometres from the next, and what they give and take."""

    def __init__(self, story: Story | None = None) -> None:
        self.story = story or Story(now=datetime(2026, 10, 1, 9, tzinfo=UTC))
        for number, (urn, name) in enumerate(((ASHBY, "Ashby"), (BIRCH, "Birch"), (CEDAR, "Cedar"))):
            event = SchoolJoinedTrust(
                trustuid=TRUST,
                urn=urn,
                name=name,
                phase="primary",
                joined_on=date(2020, 9, 1),
                easting=450_000 + 10_000 * number,
                northing=300_000,
            )
            self.story.tell(event, f"school-{TRUST}-{urn}", urn=urn)

    def offers(self, name: str, giver: str | None, quantity: int, **more: Any) -> None:
        same = {"dimension": "people", "unit": "half_days", "from_on": FROM, "to_on": TO}
        event = c.CapacityOffered(
            offer_id=named(name), trustuid=TRUST, giver_urn=giver, quantity=quantity, **{**same, **more}
        )
        self.story.tell(event, f"capacity-offer-{named(name)}")

    def asks(self, name: str, taker: str, quantity: int | None, **more: Any) -> None:
        same = {"dimension": "people", "unit": "half_days", "from_on": FROM, "to_on": TO}
        event = c.CapacityRequested(
            request_id=named(name), trustuid=TRUST, taker_urn=taker, quantity=quantity, **{**same, **more}
        )
        self.story.tell(event, f"capacity-request-{named(name)}")

    def allocates(self, name: str, offer: str, request: str, taker: str, quantity: int, **more: Any) -> None:
        same = {"dimension": "people", "unit": "half_days", "from_on": FROM, "to_on": TO}
        event = c.CapacityAllocated(
            allocation_id=named(name),
            offer_id=named(offer),
            request_id=named(request),
            trustuid=TRUST,
            taker_urn=taker,
            quantity=quantity,
            **{**same, **more},
        )
        self.story.tell(event, f"capacity-offer-{named(offer)}")

    def releases(self, allocation: str, offer: str, taker: str, quantity: int, **more: Any) -> None:
        same = {"dimension": "people", "unit": "half_days", "released_on": FROM}
        event = c.CapacityReleased(
            release_id=named(f"{allocation}/release"),
            allocation_id=named(allocation),
            offer_id=named(offer),
            taker_urn=taker,
            quantity=quantity,
            **{**same, **more},
        )
        self.story.tell(event, f"capacity-offer-{named(offer)}")

    def can_coach(self, name: str, urn: str, places: int = 1) -> None:
        event = k.CoachPoolJoined(
            membership_id=named(f"{name}/pool"),
            trustuid=TRUST,
            urn=urn,
            person_id=named(name),
            basis="training",
            kinds=("coach",),
            places=places,
            from_on=FROM,
        )
        self.story.tell(event, f"coach-pool-{named(name)}")

    def wishes(self, name: str, urn: str) -> None:
        event = k.CoachingRequested(
            request_id=named(f"{name}/wish"),
            trustuid=TRUST,
            urn=urn,
            person_id=named(name),
            kind="coach",
            from_on=FROM,
        )
        self.story.tell(event, f"coaching-request-{named(name)}")

    def pairs(self, coach: str, coachee: str, urn: str) -> None:
        event = k.CoachingPaired(
            pairing_id=named(f"{coach}/{coachee}"),
            trustuid=TRUST,
            urn=urn,
            coach_id=named(coach),
            coachee_ids=(named(coachee),),
            kind="coach",
            request_id=named(f"{coachee}/wish"),
            starts_on=FROM,
        )
        self.story.tell(event, f"coaching-pairing-{named(coach)}")
