"""Schools offer, ask, and use what they are given; the trust sets its term dates and says where schools are heading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.collaboration.domain.allocations import AllocateCapacity, DrawCapacity, ReleaseCapacity
from services.collaboration.domain.capacity_offer import (
    CapacityOffer,
    OfferCapacity,
    WithdrawOffer,
    capacity_offer,
    capacity_offer_stream,
)
from services.collaboration.domain.capacity_request import (
    CapacityRequest,
    ConfirmRequest,
    FollowAnswer,
    RequestCapacity,
    WithdrawRequest,
    capacity_request,
    capacity_request_stream,
)
from services.collaboration.domain.days import Dated
from shared.contracts.talent.register import HalfTerm, SchoolTrajectoryAssessed, TermDatesSet
from tests.support.story import named
from tests.support.teller import Act, Chapter, Teller

KINDS: Any = (
    *[("people", "half_days"), ("people", "half_days_a_week"), ("people", "half_days_a_week")],
    *[("time", "fte_hundredths"), ("financial", "pence")],
)
TERMS: Any = (
    [("A1", date(2026, 9, 3), date(2026, 10, 16)), ("A2", date(2026, 11, 2), date(2026, 12, 18))],
    [("A1", date(2026, 9, 3), date(2026, 10, 23)), ("A2", date(2026, 10, 31), date(2026, 12, 18))],
    [("S1", date(2026, 11, 9), date(2026, 11, 20))],
)


class Capacity(Chapter):
    reports = ("capacity",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._offers: list[UUID] = []
        self._requests: list[UUID] = []
        self._plans = [named(f"plan {teller.trust} {n}") for n in range(3)]

    def acts(self) -> Sequence[Act]:
        return 2 * [
            *([self._offers_some] * 10 + [self._withdraws] * 5 + [self._asks] * 12 + [self._drafts] * 4),
            *([self._confirms] * 5 + [self._needs_no_more] * 3 + [self._allocates] * 40 + [self._draws] * 40),
            *([self._releases] * 10 + [self._sets_terms] * 2 + [self._judges] * 6),
        ]

    def forgets(self, event: Any) -> None:
        """The deciders know what stands."""

    def _some(self, ids: Sequence[UUID]) -> UUID:
        return self.chance.choice(ids or [named(f"nothing {self.teller.trust}")])

    def _new(self, ids: list[UUID]) -> UUID:
        ids.append(named(f"capacity {self.teller.trust} {len(self.story.told)}"))
        return ids[-1]

    def _window(self) -> dict[str, date]:
        """Some days; seldom many, or far ahead."""
        first = self.teller.day() + timedelta(days=365 * (self.chance.random() < 0.1))
        return {"from_on": first, "to_on": first + timedelta(days=self.chance.choice((0, 7, 40, 40, 1_000)))}

    def _part_of(self, first: date, last: date) -> dict[str, date]:
        days = sorted(self.chance.randrange((last - first).days + 1) for _ in range(2))
        return {"from_on": first + timedelta(days=days[0]), "to_on": first + timedelta(days=days[1])}

    def _quantity(self) -> int:
        return self.chance.randrange(1, 8)

    def _what(self) -> dict[str, Any]:
        dimension, unit = self.chance.choice(KINDS)
        return {"dimension": dimension, "unit": unit, "quantity": self._quantity(), **self._window()}

    def _offer(self) -> tuple[UUID, CapacityOffer]:
        offer_id = self._some(self._offers)
        return offer_id, self.state(capacity_offer, capacity_offer_stream(offer_id))

    def _say_of_offer(self, command: Any) -> None:
        self.happens(capacity_offer, capacity_offer_stream(command.offer_id), Dated(command, self._today))

    def _say_of_request(self, command: Any) -> None:
        self.happens(capacity_request, capacity_request_stream(command.request_id), Dated(command, self._today))

    def _offers_some(self) -> None:
        giver: Any = self.chance.choice((None, *self.teller.urns[:3]))
        outside = self.chance.choice((None, "University")) if giver is None else None
        whose: Any = {"trustuid": self.teller.trust, "giver_urn": giver, "outside": outside}
        self._say_of_offer(OfferCapacity(offer_id=self._new(self._offers), **whose, **self._what()))

    def _withdraws(self) -> None:
        offer_id, offer = self._offer()
        if offer.offered is not None:
            day = self._part_of(offer.offered.from_on, offer.offered.to_on)["from_on"]
            self._say_of_offer(
                WithdrawOffer(
                    withdrawal_id=named(f"withdrawal {len(self.story.told)}"),
                    offer_id=offer_id,
                    quantity=self._quantity(),
                    withdrawn_on=self.chance.choice((day, self._today)),
                )
            )

    def _asks(self) -> None:
        whose: Any = {"trustuid": self.teller.trust, "taker_urn": self.chance.choice(self.teller.urns[2:])}
        plan_id = self.chance.choice((None, *self._plans))
        request_id = self._new(self._requests)
        self._say_of_request(RequestCapacity(request_id=request_id, plan_id=plan_id, **whose, **self._what()))

    def _drafts(self) -> None:
        request_id = self._new(self._requests) if self.chance.random() < 0.7 else self._some(self._requests)
        dimension: Any = self.chance.choice((None, "people", "time"))
        whose: Any = {"trustuid": self.teller.trust, "taker_urn": self.chance.choice(self.teller.urns[2:])}
        self._say_of_request(FollowAnswer(request_id=request_id, dimension=dimension, basis=named("answer"), **whose))

    def _confirms(self) -> None:
        plan_id = self.chance.choice((None, *self._plans))
        self._say_of_request(ConfirmRequest(request_id=self._some(self._requests), plan_id=plan_id, **self._what()))

    def _needs_no_more(self) -> None:
        today = self._today
        request_id = self._some(self._requests)
        self._say_of_request(WithdrawRequest(request_id=request_id, reason="found_elsewhere", withdrawn_on=today))

    def _allocates(self) -> None:
        offer_id, offer = self._offer()
        if offer.offered is None:
            return
        request_id, request = self._request_like(offer)
        taker = request.requested.taker_urn if request and request.requested else self.chance.choice(self.teller.urns)
        self._say_of_offer(
            AllocateCapacity(
                allocation_id=named(f"allocation {len(self.story.told)}"),
                offer_id=offer_id,
                request_id=request_id,
                request=request,
                taker_urn=taker,
                quantity=self._quantity(),
                plan_id=self.chance.choice((None, *self._plans)),
                **self._part_of(offer.offered.from_on, offer.offered.to_on),
            )
        )

    def _request_like(self, offer: CapacityOffer) -> tuple[UUID | None, CapacityRequest | None]:
        """One that the offer could meet, or none."""
        states = [(i, self.state(capacity_request, capacity_request_stream(i))) for i in self._requests]
        what = offer.offered and (offer.offered.dimension, offer.offered.unit)
        some = [(i, state) for i, state in states if state.needs == what and state.withdrawn is None]
        return self.chance.choice(some) if some and self.chance.random() < 0.8 else (None, None)

    def _draws(self) -> None:
        offer_id, offer = self._offer()
        if offer.allocations.by_id:
            allocation_id, allocation = self.chance.choice(list(offer.allocations.by_id.items()))
            first, last = allocation.allocated.from_on, allocation.allocated.to_on
            self._say_of_offer(
                DrawCapacity(
                    draw_id=named(f"draw {len(self.story.told)}"),
                    offer_id=offer_id,
                    allocation_id=allocation_id,
                    quantity=self.chance.randrange(1, 4),
                    **self._part_of(first, max(first, min(last, self._today))),
                )
            )

    def _releases(self) -> None:
        offer_id, offer = self._offer()
        if offer.allocations.by_id:
            allocation_id, allocation = self.chance.choice(list(offer.allocations.by_id.items()))
            day = self._part_of(allocation.allocated.from_on, allocation.allocated.to_on)["from_on"]
            self._say_of_offer(
                ReleaseCapacity(
                    release_id=named(f"release {len(self.story.told)}"),
                    offer_id=offer_id,
                    allocation_id=allocation_id,
                    quantity=self.chance.randrange(1, 4),
                    released_on=self.chance.choice((day, self._today)),
                )
            )

    def _sets_terms(self) -> None:
        half_terms = tuple(HalfTerm(name=n, starts_on=f, ends_on=e) for n, f, e in self.chance.choice(TERMS))
        urn = self.chance.choice((None, None, self.teller.urns[0]))
        event = TermDatesSet(trustuid=self.teller.trust, urn=urn, academic_year="2026/27", half_terms=half_terms)
        self.story.tell(event, "-".join(filter(None, ("terms", self.teller.trust, urn, "2026-27"))))

    def _judges(self) -> None:
        urn: Any = self.chance.choice(self.teller.urns)
        event = SchoolTrajectoryAssessed(
            trustuid=self.teller.trust,
            urn=urn,
            trajectory=self.chance.choice(("improving", "steady", "declining")),
            basis="What inspectors saw.",
            assessed_by=named("adviser"),
            assessed_on=self._today,
        )
        self.story.tell(event, f"trajectory-{self.teller.trust}-{urn}", urn=urn)
