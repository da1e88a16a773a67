"""Schools work together, with each other and with others: agreed, assessed, committed to, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from shared.contracts.collaboration import partnerships as p
from shared.contracts.collaboration.capacity import Amount
from tests.support.story import named
from tests.support.teller import Act, Chapter, Teller

FIVE: tuple[Any, ...] = ("purpose", "mutuality", "change", "pace", "prioritisation")


class Partnerships(Chapter):
    reports = ("tests",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._open: dict[str, list[str]] = {}
        """The schools of each."""

    def acts(self) -> Sequence[Act]:
        return [self._agrees] * 6 + [self._assesses] * 30 + [self._commits] * 8 + [self._closes] * 3

    def forgets(self, event: Any) -> None:
        if isinstance(event, p.CollaborationAgreed):
            self._open = {name: urns for name, urns in self._open.items() if named(name) != event.collaboration_id}

    def _agrees(self) -> None:
        name, day = f"collaboration {self.teller.trust} {len(self.story.told)}", self.teller.day()
        urns = self.chance.sample(self.teller.urns, self.chance.randrange(1, 4))
        outside = self.chance.choice(
            (p.Partner(kind="trust"), p.Partner(kind="university", name="Northmoor University"))
        )
        schools = [p.Partner(kind="school", urn=urn, gives=self._amounts(), receives=self._amounts()) for urn in urns]
        event = p.CollaborationAgreed(
            collaboration_id=named(name),
            trustuid=self.teller.trust,
            title=name,
            purpose="To read more.",
            measures=("books read",),
            partners=(*schools, outside),
            starts_on=day,
            ends_on=day + timedelta(days=self.chance.randrange(20)),
            opportunity_cost_days=self.chance.randrange(10),
            opportunity_cost_pence=self.chance.randrange(10_000),
        )
        self._tell(event, name)
        self._open[name] = urns

    def _amounts(self) -> tuple[Amount, ...]:
        some: Any = self.chance.sample((("people", "half_days"), ("financial", "pence")), self.chance.randrange(3))
        return tuple(Amount(dimension=d, quantity=self.chance.randrange(1, 5_000), unit=u) for d, u in some)

    def _assesses(self) -> None:
        if self._open:
            name = self.chance.choice(list(self._open))
            event = p.FiveTestsAssessed(
                collaboration_id=named(name),
                test=self.chance.choice(FIVE),
                score=self.chance.choice((1, 3, 3, 4, 4)),
                basis="judged",
                by="leader-1",
                assessed_on=self.story.now.date(),
            )
            self._tell(event, name)

    def _commits(self) -> None:
        if self._open:
            name = self.chance.choice(list(self._open))
            event = p.PracticeChangeCommitted(
                collaboration_id=named(name),
                commitment_id=named(f"commitment {len(self.story.told)}"),
                urn=self.chance.choice(self._open[name]),
                practice="Read aloud every day.",
                by="head",
                from_on=self.story.now.date(),
            )
            self._tell(event, name)

    def _closes(self) -> None:
        if self._open:
            name = self.chance.choice(list(self._open))
            del self._open[name]
            event = p.CollaborationClosed(
                collaboration_id=named(name), outcome="green", closed_on=self.story.now.date()
            )
            self._tell(event, name)

    def _tell(self, event: Any, name: str) -> None:
        self.story.tell(event, f"collaboration-{named(name)}")
