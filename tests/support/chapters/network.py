"""Leaders are seen, lead projects, review and help elsewhere; some of it is banked in their records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.talent.domain import leader as record
from services.talent.domain.designation import DesignateRole, WithdrawDesignation, designations, designations_stream
from services.talent.domain.experience import RecordExperience, experience, experience_stream
from services.talent.domain.project_leadership import (
    CompleteProject,
    GiveProject,
    project_leadership,
    project_leadership_stream,
)
from shared.contracts import codec
from shared.contracts.collaboration.reviews import ReviewCompleted
from shared.contracts.talent.deployments import DeploymentEnded, LeaderDeployed
from tests.support.chapters.coaches import Coaches
from tests.support.chapters.deciding import say, state_of
from tests.support.story import named
from tests.support.teller import Act, Teller

EXPERIENCES: Any = ("project", "review", "coaching", "deployment", "qualification", "other")


class Network(Coaches):
    reports = ("network",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._done: list[UUID] = [named(f"done {teller.trust} {n}") for n in range(20)]
        """What people did: projects, reviews, and more. What is banked names one of these, rightly or wrongly."""

    def acts(self) -> Sequence[Act]:
        return 4 * [
            *super().acts(),
            *([self._is_seen] * 14 + [self._is_endorsed] * 6 + [self._is_told] * 8 + [self._declines] * 2),
            *([self._record_closes] * 3 + [self._record_reopens] * 3 + [self._project] * 12 + [self._is_banked] * 10),
            *([self._reviews_done] * 5 + [self._is_designated] * 6 + [self._is_no_more] * 3),
            *([self._is_deployed] * 8 + [self._comes_back] * 12),
        ]

    def _then(self) -> date:
        """A day up to two years ago."""
        return self._today - timedelta(days=self.chance.choice((0, 1, 20, 60, 400, 700)))

    def _pairing_id(self) -> UUID:
        self._done.append(super()._pairing_id())
        return self._done[-1]

    def _leader(self) -> UUID:
        return named(self.somebody() or "nobody")

    def _say_of_record(self, command: Any) -> None:
        leader_id = getattr(command, "leader_id", None) or command.person_id
        say(self.teller, record.leader, record.leader_stream(leader_id), command)

    def _record(self, leader_id: UUID) -> record.Leader:
        state: record.Leader = state_of(self.teller, record.leader, record.leader_stream(leader_id))
        return state

    def _is_seen(self) -> None:
        if who := self.somebody():
            by, source = self.chance.choice(((who, "self"), ("head", "nomination"), (who, "project")))
            facts: Any = {"identifier_known": True, "is_member": True, "has_left": False, "today": self._today}
            said: Any = {"source": source, "ambition": "headship"}
            informed_on = self.chance.choice((None, self._today))
            self._say_of_record(
                record.IdentifyLeader(
                    person_id=named(who), identified_by=named(by), informed_on=informed_on, **said, **facts
                )
            )

    def _is_endorsed(self) -> None:
        about: Any = {"endorsed_by": named("adviser"), "endorser_known": True, "today": self._today}
        self._say_of_record(record.EndorseLeader(leader_id=self._leader(), endorsed_on=self._today, **about))

    def _is_told(self) -> None:
        about: Any = {"informed_by": named("adviser"), "informer_known": True, "today": self._today}
        self._say_of_record(record.InformLeader(leader_id=self._leader(), informed_on=self._today, **about))

    def _declines(self) -> None:
        by: Any = self.chance.choice(("person", "trust"))
        command = record.DeclineNomination(
            leader_id=self._leader(), declined_by=by, declined_on=self._today, today=self._today
        )
        self._say_of_record(command)

    def _record_closes(self) -> None:
        command = record.CloseLeaderRecord(
            leader_id=self._leader(), closed_on=self._today, reason="left", today=self._today
        )
        self._say_of_record(command)

    def _record_reopens(self) -> None:
        leader_id = self._leader()
        by = self.chance.choice((leader_id, named("adviser")))
        facts: Any = {"reason": "returns", "reopener_known": True, "has_left": False, "today": self._today}
        command = record.ReopenLeaderRecord(leader_id=leader_id, reopened_by=by, reopened_on=self._today, **facts)
        self._say_of_record(command)

    def _project(self) -> None:
        """One is given, or completed."""
        leader_id, project_id = self._leader(), self.chance.choice(self._done)
        about: Any = {"leader_id": leader_id, "project_id": project_id, "today": self._today}
        stream = project_leadership_stream(project_id, leader_id)
        if not self.teller.stream(stream):
            about |= {"leader": self._record(leader_id), "members": frozenset()}
            command: Any = GiveProject(project="Reading", given_on=self._then(), **about)
        else:
            command = CompleteProject(outcome="green", completed_on=self._then(), **about)
        say(self.teller, project_leadership, stream, command)

    def _is_banked(self) -> None:
        leader_id, basis = self._leader(), self.chance.choice(self._done)
        command = RecordExperience(
            leader_id=leader_id,
            experience=self.chance.choice(EXPERIENCES),
            basis=basis,
            gained_on=self._then(),
            leader=self._record(leader_id),
            today=self._today,
        )
        say(self.teller, experience, experience_stream(leader_id, basis), command)

    def _reviews_done(self) -> None:
        review_id = self.chance.choice(self._done)
        some = self.chance.sample(self.people, min(2, len(self.people)))
        if some and not self.teller.stream(f"review-{review_id}"):
            event = ReviewCompleted(
                review_id=review_id,
                trustuid=self.teller.trust,
                urn=self.teller.urns[0],
                focus="reading",
                lead_id=named(some[0]),
                reviewer_ids=tuple(named(who) for who in some),
                strengths=1,
                developments=0,
                agreed_by_host_on=self._today,
                completed_on=self._then(),
            )
            self.story.tell(event, f"review-{review_id}", urn=event.urn)

    def _is_designated(self) -> None:
        if who := self.somebody():
            command = DesignateRole(
                designation_id=named(f"designation {len(self.story.told)}"),
                trustuid=self.teller.trust,
                person_id=named(who),
                scheme=self.chance.choice(("nle", "nlg", "reading_lead")),
                awarding_body="The hub",
                from_on=self._then(),
                to_on=self.chance.choice((None, None, self._today + timedelta(days=5))),
                historic=True,
                today=self._today,
            )
            say(self.teller, designations, designations_stream(self.teller.trust, named(who), None), command)

    def _is_no_more(self) -> None:
        if who := self.somebody():
            stream = designations_stream(self.teller.trust, named(who), None)
            for designation_id in [*state_of(self.teller, designations, stream).designated][:1]:
                command = WithdrawDesignation(
                    designation_id=designation_id,
                    withdrawn_on=self._today - timedelta(days=self.chance.randrange(2)),
                    today=self._today,
                )
                say(self.teller, designations, stream, command)

    def _is_deployed(self) -> None:
        if who := self.somebody():
            self._done.append(named(f"deployment {len(self.story.told)}"))
            event = LeaderDeployed(
                deployment_id=self._done[-1],
                person_id=named(who),
                from_urn=self.teller.urns[0],
                to_urn=self.teller.urns[1],
                days=4,
                starts_on=self.teller.day(),
                ends_on=self._today + timedelta(days=30),
                confirmed_by_head=named("head"),
                confirmed_by_head_on=self._today,
                confirmed_by_person_on=self._today,
            )
            self.story.tell(event, f"deployments-{named(who)}-2026-27", urn=event.from_urn)

    def _comes_back(self) -> None:
        """From a deployment that has not ended; before its first day, it was called off."""
        who = self._leader()
        stream = f"deployments-{who}-2026-27"
        told = [codec.decode(d.envelope.type, d.record) for d in self.teller.stream(stream)]
        ended = {event.deployment_id for event in told if isinstance(event, DeploymentEnded)}
        for deployment_id in sorted({event.deployment_id for event in told} - ended)[:1]:
            event = DeploymentEnded(deployment_id=deployment_id, person_id=who, ended_on=self._then())
            self.story.tell(event, stream)
