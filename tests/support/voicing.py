"""What leaders say: what they would do first, and when they talked to those whom they lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.contracts.collaboration import one_to_ones as o
from shared.contracts.collaboration import planning as p
from shared.contracts.talent.register import HalfTerm, TermDatesSet
from tests.support.story import Story, named


@dataclass(frozen=True, slots=True)
class Voicing:
    """What is said in a story's trust. People, proposals and one-to-ones go by names."""

    story: Story

    def proposes(self, name: str, cycle: str, urn: str | None = None) -> None:
        event = p.PriorityProposed(
            priority_id=named(name),
            trustuid=self.story.trust,
            cycle=cycle,
            urn=urn,
            title=name,
            role_level="teacher",
            proposed_on=self.story.now.date(),
        )
        self.story.tell(event, f"priority-{named(name)}", urn=urn)

    def votes(self, who: str, cycle: str, level: Any, ranking: Sequence[str], urn: str | None = None) -> None:
        event = p.PriorityVoted(
            trustuid=self.story.trust,
            cycle=cycle,
            urn=urn,
            person_id=named(who),
            role_level=level,
            ranking=tuple(named(name) for name in ranking),
            voted_on=self.story.now.date(),
        )
        self.story.tell(event, f"ballot-{self.story.trust}-{cycle.replace('/', '-')}-{named(who)}", urn=urn)

    def agrees(self, name: str, cycle: str, rank: int) -> None:
        event = p.PriorityAgreed(
            priority_id=named(name),
            trustuid=self.story.trust,
            cycle=cycle,
            rank=rank,
            agreed_on=self.story.now.date(),
        )
        self.story.tell(event, f"agreed-priorities-{self.story.trust}-{cycle.replace('/', '-')}")

    def has_terms(
        self, half_terms: Mapping[Any, tuple[date, date]], *, urn: str | None = None, closures: Sequence[date] = ()
    ) -> None:
        """The half-terms of 2026/27, of the trust or of one school."""
        event = TermDatesSet(
            trustuid=self.story.trust,
            urn=urn,
            academic_year="2026/27",
            half_terms=tuple(
                HalfTerm(name=n, starts_on=first, ends_on=last) for n, (first, last) in half_terms.items()
            ),
            closures=tuple(closures),
        )
        own = "" if urn is None else f"{urn}-"
        self.story.tell(event, f"terms-{self.story.trust}-{own}2026-27")

    def plans_to_meet(self, name: str, leader: str, on: date) -> None:
        event = o.OneToOneScheduled(
            one_to_one_id=named(name), trustuid=self.story.trust, planned_on=on, **_of_two(leader)
        )
        self.story.tell(event, f"one-to-one-{named(name)}")

    def met(self, name: str, leader: str, on: date) -> None:
        event = o.OneToOneHeld(one_to_one_id=named(name), held_on=on, content="It went well.", **_of_two(leader))
        self.story.tell(event, f"one-to-one-{named(name)}")


def _of_two(leader: str) -> dict[str, Any]:
    people = {"leader_id": named(leader), "manager_id": named(f"{leader}'s manager")}
    return {**people, "template": "leaders", "version": 1}
