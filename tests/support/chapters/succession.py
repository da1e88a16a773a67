"""Leaders are seen and looked at, posts change hands, careers go on: what talent's own deciders let happen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.talent.domain import leader as leaders
from services.talent.domain import post as posts
from services.talent.domain.succession import NominateSuccessor, RemoveSuccessor
from shared.contracts.talent.careers import CareerStageAssessed
from shared.contracts.talent.leaders import ReadinessAssessed
from shared.contracts.talent.posts import CriticalPostRegistered, Incumbent, SkillsGapForecast, YearForecast
from tests.support.chapters.leaders import Leaders
from tests.support.chapters.people import ROLES
from tests.support.story import named
from tests.support.teller import Act, Teller

POST_TYPES = ("headteacher", "director")
READY = ("ready_now", "ready_now", "1_year", "2_3_years", "4_5_years", "not_ready")
STAGES = ("trainee", "stage_1", "stage_2", "stage_3", "stage_4", "stage_5", "late_career")


class Succession(Leaders):
    reports = ("bench", "gap", "pipeline")

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._posts: list[UUID] = []

    def acts(self) -> Sequence[Act]:
        return [
            *[*super().acts()] * 3,
            *[self._has_long_worked] * 60 + [self._is_at_a_stage] * 80 + [self._is_forecast] * 8 + [self._merges] * 8,
            *[self._is_seen] * 40 + [self._record_goes_on] * 40 + [self._is_assessed] * 120,
            *[self._is_critical] * 15 + [self._is_filled] * 40 + [self._is_vacated] * 20 + [self._is_kept] * 20,
            *[self._is_named] * 100 + [self._is_not_named] * 10,
        ]

    def forgets(self, event: Any) -> None:
        super().forgets(event)
        if isinstance(event, CriticalPostRegistered):
            self._posts.remove(event.post_id)

    def _has_long_worked(self) -> None:
        if who := self.somebody():
            name, urn = f"engagement {self.teller.trust} {len(self.story.told)}", self.chance.choice(self.teller.urns)
            kind = self.chance.choice(("permanent", "fixed_term", "supply", "trainee"))
            self.staffing.starts(who, name, urn, self.chance.choice(ROLES), self._day(-900, -300), kind=kind)
            self.engagements[name] = who

    def _is_at_a_stage(self) -> None:
        if person_id := self._one():
            stage: Any = self.chance.choice(STAGES)
            day = self._day(-700, 1)
            event = CareerStageAssessed(
                person_id=person_id, stage=stage, pathway="teaching", assessor_id=named("assessor"), assessed_on=day
            )
            self.story.tell(event, f"career-{person_id}")

    def _is_forecast(self) -> None:
        forecast_id, scenario = named(f"forecast {len(self.story.told)}"), self.chance.choice(("low", "high"))
        gap = self.chance.randrange(300)
        years = [
            YearForecast(
                academic_year_starts_on=date(2027 + n, 9, 1),
                demand_hundredths=500,
                supply_hundredths=500 - gap,
                gap_hundredths=gap,
                gap_low_hundredths=gap - 100,
                gap_high_hundredths=gap + 200,
            )
            for n in range(self.chance.choice((3, 5)))
        ]
        choice: Any = scenario
        event = SkillsGapForecast(
            forecast_id=forecast_id,
            trustuid=self.teller.trust,
            scenario=choice,
            post_type=self.chance.choice(POST_TYPES),
            horizon_years=len(years),
            years=tuple(years),
            seed=1,
            basis_logindex=0,
            forecast_on=self._today,
        )
        self.story.tell(event, f"forecast-{forecast_id}")

    def _is_assessed(self) -> None:
        if person_id := self._leader():
            assessment_id = named(f"assessment {len(self.story.told)}")
            alone = self.chance.random() < 0.2
            readiness: Any = self.chance.choice(READY)
            event = ReadinessAssessed(
                leader_id=person_id,
                assessment_id=assessment_id,
                post_type=self.chance.choice(POST_TYPES),
                readiness=readiness,
                assessor_ids=(named("head"),) if alone else (named("head"), named("director")),
                provisional=alone,
                assessed_on=self._today,
                valid_until=self._day(-10, 120),
            )
            self.story.tell(event, f"readiness-{assessment_id}")

    def _is_critical(self) -> None:
        post_id, people = named(f"post {len(self.story.told)}"), list(map(named, self.people))
        holders = self.chance.sample(people, min(self.chance.choice((0, 1, 1, 1, 2)), len(people)))
        share = 100 // len(holders) if holders else 100
        command = posts.RegisterCriticalPost(
            post_id=post_id,
            trustuid=self.teller.trust,
            urns=tuple(self.chance.sample(self.teller.urns, self.chance.choice((0, 1, 1, 1, 2)))),
            post_type=self.chance.choice(POST_TYPES),
            incumbents=tuple(
                Incumbent(person_id=one, share_hundredths=share, from_on=self._day(-900, 0)) for one in holders
            ),
            expected_vacancy_on=self._day(1, 700) if holders and self.chance.random() < 0.3 else None,
            registered_on=self._today,
            today=self._today,
        )
        if self.happens(posts.post, posts.post_stream(post_id), command):
            self._posts.append(post_id)

    def _on_a_post(self, of: type[Any], **more: Any) -> None:
        if self._posts:
            post_id = self.chance.choice(self._posts)
            self.happens(posts.post, posts.post_stream(post_id), of(post_id=post_id, today=self._today, **more))

    def _is_filled(self) -> None:
        if person_id := self._one():
            inside = frozenset(self.chance.sample(self.teller.urns, self.chance.randrange(2)))
            taken = {"share_hundredths": self.chance.choice((50, 100)), "interim": self.chance.random() < 0.2}
            day = self._day(-500, 200)
            self._on_a_post(posts.FillPost, person_id=person_id, filled_on=day, worked_at=inside, **taken)

    def _is_vacated(self) -> None:
        self._on_a_post(posts.VacatePost, vacated_on=self._day(-400, 600), reason="retirement")

    def _is_kept(self) -> None:
        if person_id := self._one():
            self._on_a_post(posts.WithdrawVacancy, person_id=person_id)

    def _is_named(self) -> None:
        if person_id := self._leader():
            self._identified(person_id, by_self=False)
            active = leaders.is_active(self.state(leaders.leader, leaders.leader_stream(person_id)))
            named_as = {"emergency_cover": self.chance.random() < 0.2, "leader_active": active}
            self._on_a_post(NominateSuccessor, leader_id=person_id, nominated_on=self._today, **named_as)

    def _is_not_named(self) -> None:
        if person_id := self._leader():
            reason = "wants_to_stay"
            self._on_a_post(RemoveSuccessor, leader_id=person_id, removed_on=self._today, reason=reason)
