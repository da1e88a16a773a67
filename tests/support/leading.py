"""Leaders, critical posts and careers, told as talent would publish them. People and posts go by names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.contracts.talent import careers as k
from shared.contracts.talent import leaders as c
from shared.contracts.talent import posts as p
from tests.support.story import Story, named


@dataclass(frozen=True, slots=True)
class Leading:
    """What happens to the leaders and the posts of a story's trust."""

    story: Story

    def is_seen(self, who: str, by: str = "director", *, told: bool = True) -> None:
        event = c.LeaderIdentified(
            leader_id=named(who),
            person_id=named(who),
            identified_by=named(by),
            source="nomination",
            ambition="headship",
            informed_on=self.story.now.date() if told else None,
        )
        self.story.tell(event, f"leader-{named(who)}")

    def is_endorsed(self, who: str) -> None:
        event = c.LeaderEndorsed(leader_id=named(who), endorsed_by=named("director"), endorsed_on=self.story.now.date())
        self.story.tell(event, f"leader-{named(who)}")

    def is_closed(self, who: str) -> None:
        event = c.LeaderRecordClosed(leader_id=named(who), closed_on=self.story.now.date(), reason="left_the_trust")
        self.story.tell(event, f"leader-{named(who)}")

    def is_assessed(
        self, who: str, readiness: c.Readiness, valid_until: date, *, alone: bool = False, **more: Any
    ) -> None:
        name = f"readiness {len(self.story.told)}"
        event = c.ReadinessAssessed(
            leader_id=named(who),
            assessment_id=named(name),
            readiness=readiness,
            assessor_ids=(named("director"),) if alone else (named("director"), named("head")),
            provisional=alone,
            assessed_on=self.story.now.date(),
            valid_until=valid_until,
            **{"post_type": "headteacher", **more},
        )
        self.story.tell(event, f"readiness-{named(name)}")

    def is_critical(self, post: str, *urns: str, held_by: tuple[str, ...] = (), **more: Any) -> None:
        share: Any = 100 // max(len(held_by), 1)
        event = p.CriticalPostRegistered(
            post_id=named(post),
            trustuid=self.story.trust,
            urns=urns,
            incumbents=tuple(
                p.Incumbent(person_id=named(who), share_hundredths=share, from_on=date(2020, 9, 1)) for who in held_by
            ),
            registered_on=self.story.now.date(),
            **{"post_type": "headteacher", **more},
        )
        self.story.tell(event, f"post-{named(post)}")

    def leaves(self, post: str, who: str, on: date) -> None:
        event = p.PostVacated(
            post_id=named(post), post_type="headteacher", person_id=named(who), vacated_on=on, reason="retirement"
        )
        self.story.tell(event, f"post-{named(post)}")

    def stays(self, post: str, who: str) -> None:
        event = p.PostVacancyWithdrawn(post_id=named(post), post_type="headteacher", person_id=named(who))
        self.story.tell(event, f"post-{named(post)}")

    def takes(self, post: str, who: str, on: date, *, internal: bool = True, **more: Any) -> None:
        event = p.PostFilled(
            post_id=named(post),
            post_type="headteacher",
            person_id=named(who),
            internal=internal,
            filled_on=on,
            **{"share_hundredths": 100, **more},
        )
        self.story.tell(event, f"post-{named(post)}")

    def could_follow(self, who: str, post: str, *, emergency_cover: bool = False) -> None:
        event = p.SuccessorNominated(
            post_id=named(post),
            post_type="headteacher",
            leader_id=named(who),
            emergency_cover=emergency_cover,
            nominated_on=self.story.now.date(),
        )
        self.story.tell(event, f"post-{named(post)}")

    def could_not_follow(self, who: str, post: str) -> None:
        event = p.SuccessorRemoved(
            post_id=named(post), leader_id=named(who), removed_on=self.story.now.date(), reason="wants_to_stay"
        )
        self.story.tell(event, f"post-{named(post)}")

    def is_forecast(self, name: str, gap_hundredths: int, years: int = 3, scenario: p.Scenario = "expected") -> None:
        event = p.SkillsGapForecast(
            forecast_id=named(name),
            trustuid=self.story.trust,
            scenario=scenario,
            post_type="headteacher",
            horizon_years=years,
            years=tuple(
                p.YearForecast(
                    academic_year_starts_on=date(2027 + n, 9, 1),
                    demand_hundredths=300,
                    supply_hundredths=300 - gap_hundredths,
                    gap_hundredths=gap_hundredths,
                    gap_low_hundredths=gap_hundredths - 100,
                    gap_high_hundredths=gap_hundredths + 200,
                )
                for n in range(years)
            ),
            seed=1,
            basis_logindex=0,
            forecast_on=self.story.now.date(),
        )
        self.story.tell(event, f"forecast-{named(name)}")

    def is_at(self, who: str, stage: k.Stage, on: date) -> None:
        event = k.CareerStageAssessed(
            person_id=named(who), stage=stage, pathway="teaching", assessor_id=named("head"), assessed_on=on
        )
        self.story.tell(event, f"career-{named(who)}")
