"""Some people are seen as leaders, endorsed and told; their records end and go on."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services.talent.domain import leader as leaders
from tests.support.chapters.people import People
from tests.support.story import named


class Leaders(People):
    """Who is a leader. Chapters about leaders begin with it, and say how often it is told."""

    def _day(self, earliest: int, latest: int) -> date:
        return self._today + timedelta(days=self.chance.randrange(earliest, latest))

    def _one(self) -> UUID | None:
        who = self.somebody()
        return named(who) if who else None

    def _leader(self) -> UUID | None:
        """One of the few of whom most is said."""
        return named(self.chance.choice(self.people[:4])) if self.people else None

    def _is_seen(self) -> None:
        if person_id := self._leader():
            self._identified(person_id, by_self=self.chance.random() < 0.3)

    def _identified(self, person_id: UUID, *, by_self: bool) -> None:
        command = leaders.IdentifyLeader(
            person_id=person_id,
            identified_by=person_id if by_self else named("head"),
            source="self" if by_self else "nomination",
            ambition="headship",
            informed_on=self._today if self.chance.random() < 0.7 else None,
            identifier_known=True,
            is_member=True,
            has_left=False,
            today=self._today,
        )
        self.happens(leaders.leader, leaders.leader_stream(person_id), command)

    def _record_goes_on(self) -> None:
        if person_id := self._leader():
            by, day = named("director"), self._today
            endorses = leaders.EndorseLeader(
                leader_id=person_id, endorsed_by=by, endorsed_on=day, endorser_known=True, today=day
            )
            informs = leaders.InformLeader(
                leader_id=person_id, informed_by=by, informed_on=day, informer_known=True, today=day
            )
            declines = leaders.DeclineNomination(
                leader_id=person_id, declined_by=self.chance.choice(("person", "trust")), declined_on=day, today=day
            )
            closes = leaders.CloseLeaderRecord(leader_id=person_id, closed_on=day, reason="another_path", today=day)
            reopens = leaders.ReopenLeaderRecord(
                leader_id=person_id,
                reopened_by=self.chance.choice((person_id, by)),
                reopened_on=day,
                reason="returned",
                reopener_known=True,
                has_left=False,
                today=day,
            )
            commands = [endorses] * 4 + [informs] * 4 + [reopens] * 4 + [declines, closes]
            self.happens(leaders.leader, leaders.leader_stream(person_id), self.chance.choice(commands))
