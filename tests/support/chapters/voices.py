"""Leaders put proposals in an order, and have one-to-ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tests.support.chapters.people import People
from tests.support.story import named
from tests.support.teller import Act, Teller
from tests.support.voicing import Voicing

CYCLES = ("2026/27-0", "2026/27-1")
LEVELS = ("teacher", "senior", "head")
AUTUMN = {"A1": (date(2026, 9, 2), date(2026, 10, 23)), "A2": (date(2026, 11, 2), date(2026, 12, 18))}


class Voices(People):
    reports = ("priorities", "agenda")

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self.voicing = Voicing(self.story)
        self._proposals: dict[str, str] = {}
        self._planned: dict[str, str] = {}

    def acts(self) -> Sequence[Act]:
        return (
            *super().acts(),
            *([self._proposes] * 4 + [self._votes] * 14 + [self._agrees] * 2),
            *([self._leads] * 9 + [self._has_terms] * 4 + [self._plans] * 9 + [self._meets] * 12),
        )

    def _proposed(self, cycle: str) -> list[str]:
        of_cycle = [name for name, of in self._proposals.items() if of == cycle]
        return [name for name in of_cycle if self.teller.stream(f"priority-{named(name)}")]

    def _agreed(self, cycle: str) -> list[str]:
        told = self.teller.stream(f"agreed-priorities-{self.teller.trust}-{cycle.replace('/', '-')}")
        return [name for name in self._proposals if any(str(named(name)) in d.record.decode() for d in told)]

    def _proposes(self) -> None:
        name, cycle = f"priority {self.teller.trust} {len(self.story.told)}", self.chance.choice(CYCLES)
        self.voicing.proposes(name, cycle, self.chance.choice((None, *self.teller.urns)))
        self._proposals[name] = cycle

    def _votes(self) -> None:
        cycle, who = self.chance.choice(CYCLES), self.somebody()
        proposed = self._proposed(cycle)
        if who and proposed and not self._agreed(cycle):
            ranking = self.chance.sample(proposed, self.chance.randint(1, len(proposed)))
            urn = self.chance.choice((None, *self.teller.urns[:3]))
            self.voicing.votes(who, cycle, self.chance.choice(LEVELS), ranking, urn)

    def _agrees(self) -> None:
        cycle = self.chance.choice(CYCLES)
        free = sorted(set(self._proposed(cycle)) - set(self._agreed(cycle)))
        if len(self._proposed(cycle)) > 2 and free:
            self.voicing.agrees(self.chance.choice(free), cycle, len(self._proposals))

    def _leads(self) -> None:
        if who := self.somebody():
            name = f"engagement {self.teller.trust} {len(self.story.told)}"
            role = self.chance.choice(("headteacher", "deputy"))
            self.staffing.starts(who, name, self.chance.choice(self.teller.urns[:2]), role, self.teller.day())
            self.engagements[name] = who

    def _has_terms(self) -> None:
        urn = self.chance.choice((None, *self.teller.urns[:2]))
        monday = date(2026, 9, 21) + timedelta(weeks=self.chance.randrange(9))
        closures = [monday + timedelta(days=n) for n in range(self.chance.choice((0, 4, 5)))]
        shift = timedelta(days=self.chance.randrange(-9, 9))
        terms = {name: (first + shift, last + shift) for name, (first, last) in AUTUMN.items()}
        self.voicing.has_terms(terms, urn=urn, closures=closures)

    def _plans(self) -> None:
        working = list(self.engagements.values())
        if working:
            who = self.chance.choice(working)
            name = f"one-to-one {self.teller.trust} {len(self.story.told)}"
            self.voicing.plans_to_meet(name, who, self.teller.day())
            self._planned[name] = who

    def _meets(self) -> None:
        names = [name for name in self._planned if len(self.teller.stream(f"one-to-one-{named(name)}")) == 1]
        if names:
            name = self.chance.choice(names)
            day = self.story.now.date() - timedelta(days=self.chance.randrange(70))
            self.voicing.met(name, self._planned[name], day)
