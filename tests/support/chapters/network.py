"""Leaders are seen, lead projects, review and help elsewhere; some of it is banked in their records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.talent.domain.designation import DesignateRole, WithdrawDesignation, designations, designations_stream
from services.talent.domain.experience import RecordExperience, experience, experience_stream
from services.talent.domain.leader import leader, leader_stream
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
from tests.support.chapters.leaders import Leaders
from tests.support.story import named
from tests.support.teller import Act, Teller

EXPERIENCES: Any = ("project", "review", "coaching", "deployment", "qualification", "other")


class Network(Leaders, Coaches):
    reports = ("network",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._done: list[UUID] = [named(f"done {teller.trust} {n}") for n in range(20)]
        """What people did: projects, reviews, and more. What is banked names one of these, rightly or wrongly."""

    def acts(self) -> Sequence[Act]:
        return 2 * [
            *super().acts(),
            *([self._is_seen] * 14 + [self._record_goes_on] * 14 + [self._project] * 12 + [self._is_banked] * 10),
            *([self._reviews_done] * 5 + [self._is_designated] * 6 + [self._is_no_more] * 3),
            *([self._is_deployed] * 8 + [self._comes_back] * 12),
        ]

    def _then(self) -> date:
        """A day up to two years ago."""
        return self._today - timedelta(days=self.chance.choice((0, 1, 20, 60, 400, 700)))

    def _pairing_id(self) -> UUID:
        self._done.append(super()._pairing_id())
        return self._done[-1]

    def _project(self) -> None:
        """One is given, or completed."""
        leader_id, project_id = self._leader(), self.chance.choice(self._done)
        if leader_id is None:
            return
        about: Any = {"leader_id": leader_id, "project_id": project_id, "today": self._today}
        stream = project_leadership_stream(project_id, leader_id)
        if not self.teller.stream(stream):
            about |= {"leader": self.state(leader, leader_stream(leader_id)), "members": frozenset()}
            command: Any = GiveProject(project="Reading", given_on=self._then(), **about)
        else:
            command = CompleteProject(outcome="green", completed_on=self._then(), **about)
        self.happens(project_leadership, stream, command)

    def _is_banked(self) -> None:
        leader_id, basis = self._leader(), self.chance.choice(self._done)
        if leader_id is None:
            return
        command = RecordExperience(
            leader_id=leader_id,
            experience=self.chance.choice(EXPERIENCES),
            basis=basis,
            gained_on=self._then(),
            leader=self.state(leader, leader_stream(leader_id)),
            today=self._today,
        )
        self.happens(experience, experience_stream(leader_id, basis), command)

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
            self.happens(designations, designations_stream(self.teller.trust, named(who), None), command)

    def _is_no_more(self) -> None:
        if who := self.somebody():
            stream = designations_stream(self.teller.trust, named(who), None)
            for designation_id in [*self.state(designations, stream).designated][:1]:
                command = WithdrawDesignation(
                    designation_id=designation_id,
                    withdrawn_on=self._today - timedelta(days=self.chance.randrange(2)),
                    today=self._today,
                )
                self.happens(designations, stream, command)

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
        if (who := self._leader()) is None:
            return
        stream = f"deployments-{who}-2026-27"
        told = [codec.decode(d.envelope.type, d.record) for d in self.teller.stream(stream)]
        starts_on = {event.deployment_id: event.starts_on for event in told if isinstance(event, LeaderDeployed)}
        ended = {event.deployment_id for event in told if isinstance(event, DeploymentEnded)}
        for deployment_id in sorted(starts_on.keys() - ended)[:1]:
            ended_on = self._then()
            event = DeploymentEnded(
                deployment_id=deployment_id,
                person_id=who,
                ended_on=ended_on,
                outcome="called_off" if ended_on < starts_on[deployment_id] else "green",
            )
            self.story.tell(event, stream)
