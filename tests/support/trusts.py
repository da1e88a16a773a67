"""Trusts that never were, for tests of forecasts: schools, people who age, lead, apply, leave; told as talent's events.

It shares nothing with the forecaster but the contracts. People have ages and tempers, heads retire, some years are bad
for all; none of that stands in an event, and the forecaster has to do without. The clock goes by quarters. A trust has
been there for years when its recording begins; then come years of history, and the years that come true.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.talent.careers import CareerStageAssessed, Stage
from shared.contracts.talent.leaders import LeaderRecordClosed, Readiness, ReadinessAssessed
from shared.contracts.talent.posts import (
    CriticalPostRegistered,
    Incumbent,
    PostFilled,
    PostVacancyWithdrawn,
    PostVacated,
    VacancyReason,
)
from shared.contracts.talent.register import EngagementEnded, EngagementStarted, SchoolJoinedTrust

TRUST = "99001"
HEAD, DEPUTY = "headteacher", "deputy_headteacher"
WARM_UP_YEARS = 6
_STAGES: tuple[Stage, ...] = ("stage_2", "stage_3", "stage_4", "stage_5")


@dataclass(slots=True, eq=False)
class Person:
    person_id: UUID
    age: float
    engagement_id: UUID
    urn: str
    started_on: date
    stage: int = 0
    """0 to 3: stages 2 to 5."""
    years_to: dict[str, float] = field(default_factory=dict)
    """How far they really are from being ready, by type of post; nobody knows. Empty: nobody thinks of them."""
    said: dict[str, ReadinessAssessed] = field(default_factory=dict)
    post: Post | None = None
    retires_on: date | None = None
    said_so_on: date = date.min


@dataclass(slots=True, eq=False)
class Post:
    post_id: UUID
    post_type: str
    urn: str
    holder: Person | None = None
    vacant_quarters: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, in the order that it became known; `on` is where the history ends."""

    events: Sequence[tuple[date, Any]]
    on: date
    post_type: str
    horizon: int

    def history(self) -> list[Any]:
        """What was known on the day."""
        return [event for known_on, event in self.events if known_on <= self.on]

    def everything(self) -> list[Any]:
        return [event for _, event in self.events]


def tell(seed: int) -> Told:
    """A trust of 8 to 40 schools, with 3 to 8 years of history and the years after."""
    chance = random.Random(f"trust {seed}")
    history_years = chance.randrange(3, 9)
    begins = date(2026 - history_years, chance.choice((3, 6, 9, 12)), 1)
    on = begins + timedelta(days=round(history_years * 365.25) + chance.randrange(28))
    world = _World(chance, begins)
    horizon = chance.choice((3, 4, 5))
    world.live(until=date(on.year + horizon + 2, 9, 1))
    events = sorted(world.told, key=lambda told: told[0])
    return Told(events, on, chance.choice((HEAD, DEPUTY)), horizon)


class _World:
    def __init__(self, chance: random.Random, begins: date) -> None:
        self.chance, self.begins = chance, begins
        self.told: list[tuple[date, Any]] = []
        self.today = date(begins.year - WARM_UP_YEARS, begins.month, 1)
        self.schools: dict[str, date] = {}
        self.posts: list[Post] = []
        self.people: list[Person] = []
        self.leavers: list[Person] = []
        self.ids = 0
        # What this trust is like.
        self.resigns = chance.lognormvariate(-2.9, 0.35)
        self.leaves = chance.lognormvariate(-2.2, 0.3)
        self.inside = chance.betavariate(6, 4)
        self.thought_of = chance.lognormvariate(-2.6, 0.4)
        self.develops = chance.lognormvariate(-0.15, 0.2)
        self.skips = chance.uniform(0.05, 0.25)
        self.grows = chance.gammavariate(1.2, 0.45)
        self.tells_stages = chance.random() < 0.6
        self.deputies = chance.choice((1, 1, 2))
        self.shock = 1.0
        for _ in range(chance.randrange(8, 41)):
            self._school_opens()

    def live(self, until: date) -> None:
        while self.today < until:
            if self.today.month == 9:
                self.shock = self.chance.lognormvariate(0, 0.15)
            if self.today == self.begins:
                self._recording_begins()
            self._quarter()
            month = self.today.month + 3
            self.today = date(self.today.year + month // 13, (month - 1) % 12 + 1, 1)

    def _quarter(self) -> None:
        for person in list(self.people):
            self._lives_on(person)
        for post in self.posts:
            if post.holder is None:
                self._search(post)
        if self.today.month in (9, 3):
            for person in list(self.people):
                self._assess(person, spring=self.today.month == 3)
        if self.today > self.begins and self.chance.random() < self.grows / 4:
            self._school_opens()

    # Schools and posts

    def _school_opens(self) -> None:
        urn = f"{900_000 + len(self.schools) + 1}"
        self.schools[urn] = self._some_day()
        posts = [Post(self._id(), kind, urn) for kind in (HEAD, *[DEPUTY] * self.deputies)]
        for post in posts:
            self._takes(self._hired(urn, self.chance.uniform(36, 63), stage=3), post)
        self.posts += posts
        for _ in range(self.chance.randrange(5, 9)):
            self._hired(urn, self.chance.uniform(27, 58), stage=self.chance.choice((0, 0, 1, 1, 2, 2, 3)))
        if self.today > self.begins:
            self._tell_school(urn)
            for post in posts:
                self._tell_post(post)

    def _search(self, post: Post) -> None:
        """Nobody for a while, and then somebody: one of ours who is said to be ready, or not."""
        post.vacant_quarters += 1
        if self.chance.random() > 0.75 and post.vacant_quarters < 4:
            return
        inside = self.chance.random() < self.inside
        ours = [p for p in self.people if p.years_to and self._is_said_ready(p, post.post_type)] if inside else []
        if ours:
            person, source = self.chance.choice(ours), None
            former, source = person.post, person.urn
            if former is not None:
                self._vacates(former, "promotion", self._next_quarter)
            else:
                self._replaced(person)
        else:
            person, source = self._hired(post.urn, self.chance.uniform(34, 57), stage=3), None
        self._takes(person, post)
        self._tell(
            PostFilled(
                post_id=post.post_id,
                post_type=post.post_type,
                person_id=person.person_id,
                share_hundredths=100,
                internal=source is not None,
                source_urn=source,
                filled_on=self._next_quarter,
            )
        )

    def _takes(self, person: Person, post: Post) -> None:
        post.holder, post.vacant_quarters, person.post = person, 0, post
        person.years_to.pop(post.post_type, None)
        if post.post_type == HEAD:
            person.years_to.clear()

    def _vacates(self, post: Post, reason: VacancyReason, on: date, known_on: date | None = None) -> None:
        if post.holder is not None:
            self._tell(self._vacated(post, reason, on), known_on or self.today)
            post.holder.post, post.holder.retires_on = None, None
            post.holder = None

    @staticmethod
    def _vacated(post: Post, reason: VacancyReason, on: date) -> PostVacated:
        assert post.holder is not None
        return PostVacated(
            post_id=post.post_id,
            post_type=post.post_type,
            person_id=post.holder.person_id,
            vacated_on=on,
            reason=reason,
        )

    # People

    def _hired(self, urn: str, age: float, stage: int) -> Person:
        person = Person(self._id(), age, self._id(), urn, self._some_day(), stage)
        self.people.append(person)
        if self.today > self.begins:
            self._tell_engagement(person)
        return person

    def _lives_on(self, person: Person) -> None:
        person.age += 1 / 4
        holds = person.post is not None
        yearly = (self.resigns if holds else self.leaves) * self.shock
        if person.age > 56:
            yearly += 0.05 * (person.age - 56)
        weight = {6: 2.2, 12: 0.7, 3: 0.7, 9: 0.4}[self.today.month]  # most leave in summer
        if self._retires_as_expected(person):
            return
        if self.chance.random() < yearly * weight / 4:
            self._departs(person)
        elif person.years_to:
            for post_type in person.years_to:
                person.years_to[post_type] -= self.chance.gauss(self.develops, 0.8) / 4
        elif not holds and self.chance.random() < 0.12 / 4 and person.stage < 3:
            person.stage += 1
            self._tell_stage(person)
        elif not holds and person.stage >= 2 and self.chance.random() < self.thought_of / 4:
            wanted = self.chance.choice(([HEAD], [DEPUTY], [DEPUTY], [HEAD, DEPUTY]))
            person.years_to = {post_type: self.chance.uniform(-0.3, 5.5) for post_type in wanted}
            self._assess(person, spring=False, always=True)

    def _retires_as_expected(self, person: Person) -> bool:
        """Some say a year ahead that they will retire in summer; some of them stay after all."""
        if person.post is None:
            return False
        if person.retires_on is None:
            if self.today.month == 9 and person.age > 59 and self.chance.random() < 0.3:
                person.said_so_on = self._some_day()
                person.retires_on = date(self.today.year + 1, 9, 1)
                self._tell(self._vacated(person.post, "retirement", person.retires_on), person.said_so_on)
            return False
        if self._next_quarter < person.retires_on:
            return False
        if self.chance.random() < 0.85:
            self._departs(person, self._quarters_end)
            return True
        person.retires_on = None
        post = person.post
        stays = PostVacancyWithdrawn(post_id=post.post_id, post_type=post.post_type, person_id=person.person_id)
        self._tell(stays, self.today)
        return False

    def _departs(self, person: Person, last_day: date | None = None) -> None:
        last_day = last_day or (self._quarters_end if self.chance.random() < 0.8 else self._some_day())
        known_on = max(last_day - timedelta(days=self.chance.randrange(100)), person.said_so_on + timedelta(days=1))
        held = person.post is not None
        if person.post is not None:
            reason: VacancyReason = "retirement" if person.age > 56 else "resignation"
            self._vacates(person.post, reason, last_day + timedelta(days=1), known_on)
        ended = EngagementEnded(person_id=person.person_id, engagement_id=person.engagement_id, ended_on=last_day)
        self._tell(ended, known_on)
        self.people.remove(person)
        if not held:
            self._replaced(person)

    def _replaced(self, person: Person) -> None:
        self._hired(person.urn, self.chance.uniform(25, 45), stage=self.chance.choice((0, 0, 1, 1, 2)))

    def _assess(self, person: Person, *, spring: bool, always: bool = False) -> None:
        """Once a year, in autumn or spring, unless it is forgotten; what is seen is not quite what is so."""
        if not always and (spring != bool(person.person_id.int % 2) or self.chance.random() < self.skips):
            return
        for post_type, years in person.years_to.items():
            seen = years + self.chance.gauss(0, 0.5)
            on = self._some_day()
            assessed = ReadinessAssessed(
                leader_id=person.person_id,
                assessment_id=self._id(),
                post_type=post_type,
                readiness=_word(seen),
                assessor_ids=(UUID(int=1), UUID(int=2)),
                provisional=self.chance.random() < 0.1,
                assessed_on=on,
                valid_until=on + timedelta(days=self.chance.randrange(366, 430)),
            )
            if not assessed.provisional:
                person.said[post_type] = assessed
            self._tell(assessed)
        if person.years_to and self.chance.random() < 0.02:  # a second thought
            person.years_to.clear()
            self._tell(LeaderRecordClosed(leader_id=person.person_id, closed_on=self._some_day(), reason="no_longer"))

    def _is_said_ready(self, person: Person, post_type: str) -> bool:
        said = person.said.get(post_type)
        return (
            post_type in person.years_to
            and said is not None
            and said.readiness == "ready_now"
            and said.valid_until >= self.today
        )

    # Telling

    def _recording_begins(self) -> None:
        """What stands in the books on the first day: who is there, since when, and what was last said of them."""
        for urn in self.schools:
            self._tell_school(urn)
        for post in self.posts:
            self._tell_post(post)
        for person in self.people:
            self._tell_engagement(person)
            for post_type in person.years_to:
                said = person.said.get(post_type)
                if said is not None and said.assessed_on > self.begins - timedelta(days=400):
                    self._tell(said)

    def _tell_school(self, urn: str) -> None:
        joined = SchoolJoinedTrust(
            trustuid=TRUST, urn=urn, name=f"School {urn}", phase="primary", joined_on=self.schools[urn]
        )
        self._tell(joined)

    def _tell_post(self, post: Post) -> None:
        holder = post.holder
        incumbents = (
            (Incumbent(person_id=holder.person_id, share_hundredths=100, from_on=holder.started_on),) if holder else ()
        )
        self._tell(
            CriticalPostRegistered(
                post_id=post.post_id,
                trustuid=TRUST,
                urns=(post.urn,),
                post_type=post.post_type,
                incumbents=incumbents,
                registered_on=self.today,
            )
        )

    def _tell_engagement(self, person: Person) -> None:
        started = EngagementStarted(
            person_id=person.person_id,
            engagement_id=person.engagement_id,
            urn=person.urn,
            kind="permanent",
            role="teacher",
            fte_hundredths=100,
            started_on=person.started_on,
        )
        self._tell(started)
        self._tell_stage(person)

    def _tell_stage(self, person: Person) -> None:
        if self.tells_stages:
            assessed = CareerStageAssessed(
                person_id=person.person_id,
                stage=_STAGES[person.stage],
                pathway="headship",
                assessor_id=UUID(int=1),
                assessed_on=self._some_day(),
            )
            self._tell(assessed)

    def _tell(self, event: Any, known_on: date | None = None) -> None:
        """An event becomes known on its day, if nothing else is said; before the recording begins nothing is told."""
        if self.today >= self.begins:
            self.told.append((max(known_on or happened_on(event), self.begins), event))

    # Days and names

    @property
    def _quarters_end(self) -> date:
        return (self.today + timedelta(days=93)).replace(day=1) - timedelta(days=1)

    @property
    def _next_quarter(self) -> date:
        return self._quarters_end + timedelta(days=1)

    def _some_day(self) -> date:
        return self.today + timedelta(days=self.chance.randrange(88))

    def _id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)


def _word(years: float) -> Readiness:
    words: tuple[tuple[float, Readiness], ...] = ((0, "ready_now"), (1, "1_year"), (3, "2_3_years"), (5, "4_5_years"))
    return next((word for limit, word in words if years <= limit), "not_ready")


def happened_on(event: Any) -> date:
    """The day of an event; of one without a day, none."""
    days = (
        "assessed_on",
        "closed_on",
        "ended_on",
        "registered_on",
        "filled_on",
        "vacated_on",
        "joined_on",
        "started_on",
    )
    found: date = next((getattr(event, name) for name in days if hasattr(event, name)), date.min)
    return found
