"""People come, work, pause, go, and turn out to be in the register twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.contracts.talent.register import EngagementPaused, EngagementStarted, PersonRegistered
from tests.support.staffing import Staffing
from tests.support.story import named
from tests.support.teller import Act, Chapter, Teller

ROLES = ("teacher", "middle_leader", "deputy_headteacher", "headteacher", "teaching_assistant")
KINDS = ("permanent", "fixed_term", "supply", "governor")


class People(Chapter):
    """Who works where. Chapters about people begin with it.

    Attributes:
        people: the names of those in the register.
        engagements: of each, the name of whose it is.
    """

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self.staffing = Staffing(self.story)
        self.people: list[str] = []
        self.engagements: dict[str, str] = {}
        self._paused: set[str] = set()
        self._merged: dict[str, str] = {}

    def acts(self) -> Sequence[Act]:
        return (
            [self._enters] * 8 + [self._starts] * 12 + [self._changes] * 5 + [self._ends] * 4
            + [self._pauses] * 3 + [self._resumes] * 3 + [self._merges, self._splits]
        )  # fmt: skip

    def forgets(self, event: Any) -> None:
        match event:
            case PersonRegistered():
                self.people = [who for who in self.people if named(who) != event.person_id]
                self.engagements = {name: who for name, who in self.engagements.items() if who in self.people}
            case EngagementStarted():
                self.engagements = {n: who for n, who in self.engagements.items() if named(n) != event.engagement_id}
            case EngagementPaused():
                self._paused = {name for name in self._paused if named(name) != event.engagement_id}
            case _:
                pass

    def somebody(self) -> str | None:
        """One of those in the register."""
        return self.chance.choice(self.people) if self.people else None

    def _enters(self) -> None:
        who = f"person {self.teller.trust} {len(self.story.told)}"
        self.staffing.enters(who)
        self.people.append(who)

    def _starts(self) -> None:
        if who := self.somebody():
            name = f"engagement {self.teller.trust} {len(self.story.told)}"
            urn = self.chance.choice((None, *self.teller.urns))
            works = {"kind": self.chance.choice(KINDS), "fte_hundredths": self.chance.choice((50, 100))}
            self.staffing.starts(who, name, urn, self.chance.choice(ROLES), self.teller.day(), **works)
            self.engagements[name] = who

    def _some_engagement(self, *, paused: bool | None = None) -> tuple[str, str] | None:
        some = [(who, name) for name, who in self.engagements.items() if paused in (None, name in self._paused)]
        return self.chance.choice(some) if some else None

    def _changes(self) -> None:
        if one := self._some_engagement():
            acting = self.chance.random() < 0.3
            self.staffing.changes(*one, self.chance.choice(ROLES), self.teller.day(), acting=acting)

    def _ends(self) -> None:
        if one := self._some_engagement():
            self.staffing.ends(*one, self.teller.day())
            del self.engagements[one[1]]

    def _pauses(self) -> None:
        if one := self._some_engagement(paused=False):
            self.staffing.pauses(*one, self.teller.day())
            self._paused.add(one[1])

    def _resumes(self) -> None:
        if one := self._some_engagement(paused=True):
            self.staffing.resumes(*one, self.teller.day())
            self._paused.discard(one[1])

    def _merges(self) -> None:
        free = [who for who in self.people if who not in self._merged and who not in self._merged.values()]
        if len(free) > 1:
            who, survivor = self.chance.sample(free, 2)
            self.staffing.is_also(who, survivor)
            self._merged[who] = survivor

    def _splits(self) -> None:
        if self._merged:
            who, survivor = self._merged.popitem()
            self.staffing.is_not(who, survivor)
