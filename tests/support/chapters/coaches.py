"""People join the pool of coaches, are paired, meet, and end it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.collaboration.domain.coach import Coach, JoinPool, LeavePool, coach, coach_stream
from services.collaboration.domain.days import Dated
from services.collaboration.domain.pairing_up import Pair
from services.collaboration.domain.pairings import EndPairing, LogSession
from tests.support.chapters.people import People
from tests.support.story import named
from tests.support.teller import Act


class Coaches(People):
    """Who coaches whom. Chapters about coaching begin with it."""

    def acts(self) -> Sequence[Act]:
        return [
            *super().acts(),
            *([self._joins_pool] * 8 + [self._leaves_pool] * 3 + [self._pairs] * 14),
            *([self._meets_coachee] * 12 + [self._pairing_ends] * 9),
        ]

    def _pairing_id(self) -> UUID:
        return named(f"pairing {len(self.story.told)}")

    def _say_of_coach(self, person_id: UUID, command: Any) -> None:
        self.happens(coach, coach_stream(person_id), Dated(command, self._today))

    def _joins_pool(self) -> None:
        if who := self.somebody():
            from_on = self.teller.day()
            command = JoinPool(
                membership_id=named(f"membership {len(self.story.told)}"),
                trustuid=self.teller.trust,
                person_id=named(who),
                basis="training",
                kinds=("coach", "mentor"),
                places=self.chance.choice((1, 3)),
                from_on=from_on,
                to_on=self.chance.choice((None, None, from_on + timedelta(days=20))),
            )
            self._say_of_coach(named(who), command)

    def _some_coach(self) -> tuple[UUID, Coach]:
        pool = [who for who in self.people if self.teller.stream(coach_stream(named(who)))]
        who = named(self.chance.choice(pool or [f"nobody {self.teller.trust}"]))
        return who, self.state(coach, coach_stream(who))

    def _leaves_pool(self) -> None:
        who, state = self._some_coach()
        for membership_id in [*state.memberships][:1]:
            command = LeavePool(
                membership_id=membership_id,
                person_id=who,
                left_on=self._today - timedelta(days=self.chance.randrange(9)),
            )
            self._say_of_coach(who, command)

    def _pairs(self) -> None:
        who, _ = self._some_coach()
        if coachee := self.somebody():
            starts_on = self._today - timedelta(days=self.chance.randrange(10))
            nobody: Any = {"managers": frozenset(), "heads": frozenset(), "chairs": frozenset()}
            command = Pair(
                pairing_id=self._pairing_id(),
                trustuid=self.teller.trust,
                coach_id=who,
                coachee_ids=(named(coachee),),
                kind="coach",
                starts_on=starts_on,
                ends_on=self.chance.choice((None, None, starts_on + timedelta(days=10))),
                **nobody,
            )
            self._say_of_coach(who, command)

    def _meets_coachee(self) -> None:
        who, state = self._some_coach()
        for pairing_id in self.chance.sample([*state.pairings.by_id], min(1, len(state.pairings.by_id))):
            session: Any = {"session_id": named(f"session {len(self.story.told)}"), "theme": "feedback", "minutes": 45}
            command = LogSession(pairing_id=pairing_id, coach_id=who, held_on=self._today, **session)
            self._say_of_coach(who, command)

    def _pairing_ends(self) -> None:
        who, state = self._some_coach()
        for pairing_id in self.chance.sample([*state.pairings.by_id], min(1, len(state.pairings.by_id))):
            command = EndPairing(pairing_id=pairing_id, coach_id=who, outcome="met", ended_on=self._today)
            self._say_of_coach(who, command)
