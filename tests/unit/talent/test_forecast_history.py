"""What events say of posts and leaders: worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.talent.forecast.history import History, history_of
from services.talent.forecast.posts import PostHistory
from shared.contracts.talent.careers import CareerStageAssessed, Stage
from shared.contracts.talent.leaders import (
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
    Readiness,
    ReadinessAssessed,
)
from shared.contracts.talent.posts import (
    CriticalPostRegistered,
    Incumbent,
    PostFilled,
    PostVacancyWithdrawn,
    PostVacated,
)
from shared.contracts.talent.register import (
    EngagementEnded,
    EngagementMoved,
    EngagementStarted,
    PersonsMerged,
    PersonsSplit,
    SchoolJoinedTrust,
    SchoolLeftTrust,
    SchoolUrnSucceeded,
)

ON = date(2026, 11, 22)
HEAD = "headteacher"
ADA, BEN, CLEO = (UUID(int=n) for n in (1, 2, 3))
POST = UUID(int=11)


def day(text: str) -> date:
    return date.fromisoformat(text)


def joins(urn: str, on: str) -> SchoolJoinedTrust:
    return SchoolJoinedTrust(trustuid="99001", urn=urn, name="A", phase="primary", joined_on=day(on))


def leaves(urn: str, on: str) -> SchoolLeftTrust:
    return SchoolLeftTrust(trustuid="99001", urn=urn, left_on=day(on))


def becomes(urn: str, to: str, on: str) -> SchoolUrnSucceeded:
    return SchoolUrnSucceeded(trustuid="99001", from_urn=urn, to_urn=to, on=day(on))


def post(on: str, *holders: UUID, post_id: UUID = POST, urn: str = "900001", **more: Any) -> CriticalPostRegistered:
    interim = more.pop("interim", False)
    return CriticalPostRegistered(
        post_id=post_id,
        trustuid="99001",
        urns=(urn,) if urn else (),
        post_type=HEAD,
        incumbents=tuple(
            Incumbent(person_id=holder, share_hundredths=100, from_on=day(on), interim=interim) for holder in holders
        ),
        registered_on=day(on),
        **more,
    )


def vacated(on: str, person_id: UUID = ADA) -> PostVacated:
    return PostVacated(post_id=POST, post_type=HEAD, person_id=person_id, vacated_on=day(on), reason="other")


def filled(on: str, person_id: UUID = BEN, *, interim: bool = False) -> PostFilled:
    return PostFilled(
        post_id=POST,
        post_type=HEAD,
        person_id=person_id,
        share_hundredths=100,
        interim=interim,
        internal=True,
        filled_on=day(on),
    )


def assessed(
    on: str, readiness: Readiness, leader_id: UUID = ADA, *, days: int = 400, **more: Any
) -> ReadinessAssessed:
    return ReadinessAssessed(
        leader_id=leader_id,
        assessment_id=UUID(int=99),
        post_type=HEAD,
        readiness=readiness,
        assessor_ids=(UUID(int=91), UUID(int=92)),
        assessed_on=day(on),
        valid_until=day(on) + timedelta(days=days),
        **{"provisional": False, **more},
    )


def starts(on: str, person_id: UUID = ADA, engagement: int = 51, kind: Any = "permanent") -> EngagementStarted:
    return EngagementStarted(
        person_id=person_id,
        engagement_id=UUID(int=engagement),
        urn="900001",
        kind=kind,
        role="teacher",
        fte_hundredths=100,
        started_on=day(on),
    )


def ends(on: str, person_id: UUID = ADA, engagement: int = 51) -> EngagementEnded:
    return EngagementEnded(person_id=person_id, engagement_id=UUID(int=engagement), ended_on=day(on))


def stage(on: str, person_id: UUID, name: Stage) -> CareerStageAssessed:
    return CareerStageAssessed(
        person_id=person_id, stage=name, pathway="headship", assessor_id=UUID(int=91), assessed_on=day(on)
    )


def history(*events: Any, on: date = ON) -> History:
    return history_of(events, on)


def heads(*events: Any, on: date = ON) -> PostHistory:
    return history(*events, on=on).posts[HEAD]


def standing(*events: Any, on: date = ON) -> dict[UUID, str]:
    """Who is on the ladder to headship, and on which rung."""
    return {leader.person_id: leader.rungs[HEAD] for leader in history(*events, on=on).ladder.leaders}


# Posts


def test_a_post_that_is_held() -> None:
    found = heads(post("2024-11-22", ADA))

    assert (found.posts, found.at_schools, found.vacant, found.vacancies) == (1, 1, 0, 0)
    assert found.post_years == pytest.approx(2, abs=0.01)


def test_a_post_is_held_up_to_the_day_it_is_vacated_and_again_from_the_day_it_is_filled() -> None:
    found = heads(post("2024-11-22", ADA), vacated("2025-11-22"), filled("2026-05-22"))

    assert (found.vacancies, found.vacant) == (1, 0)
    assert found.post_years == pytest.approx(1.5, abs=0.01)


def test_on_one_day_somebody_leaves_before_somebody_comes() -> None:
    found = heads(post("2024-11-22", ADA), filled("2025-09-01"), vacated("2025-09-01"))

    assert (found.vacancies, found.vacant) == (1, 0)


def test_who_stands_in_fills_nothing_and_leaves_no_vacancy() -> None:
    events = [post("2024-11-22", ADA), vacated("2025-09-01"), filled("2025-09-01", interim=True)]

    assert heads(*events).vacant == 1
    found = heads(*events, vacated("2026-01-01", BEN), filled("2026-01-01", CLEO))
    assert (found.vacancies, found.vacant) == (1, 0)


def test_a_post_that_only_an_interim_holds_waits_for_somebody() -> None:
    assert heads(post("2024-11-22", ADA, interim=True)).vacant == 1


def test_one_of_two_who_share_a_post_leaves() -> None:
    found = heads(post("2024-11-22", ADA, BEN), vacated("2025-11-22", ADA))

    assert (found.vacancies, found.vacant) == (1, 1)
    assert found.post_years == pytest.approx(2, abs=0.01)  # the other one holds it


def test_who_takes_another_share_goes_on_in_the_post() -> None:
    found = heads(post("2024-11-22", ADA), filled("2025-11-22", ADA))

    assert (found.vacancies, found.vacant) == (0, 0)
    assert found.post_years == pytest.approx(2, abs=0.01)
    assert standing(post("2024-11-22", ADA), filled("2025-11-22", ADA), assessed("2026-01-01", "ready_now")) == {}


def test_who_stood_in_is_appointed_for_good() -> None:
    found = heads(post("2024-11-22", BEN, interim=True), filled("2025-11-22"))

    assert (found.vacancies, found.vacant) == (0, 0)


def test_a_leaving_to_come_is_expected_as_it_was_said_last() -> None:
    soon, later = vacated("2027-09-01"), vacated("2028-09-01")
    stays = PostVacancyWithdrawn(post_id=POST, post_type=HEAD, person_id=ADA)

    found = heads(post("2024-11-22", ADA), soon)
    assert (found.leaving, found.vacancies, found.vacant) == ([day("2027-09-01")], 0, 0)
    assert heads(post("2024-11-22", ADA), soon, later).leaving == [day("2028-09-01")]
    assert heads(post("2024-11-22", ADA), later, soon).leaving == [day("2027-09-01")]
    assert heads(post("2024-11-22", ADA), soon, stays).leaving == []


def test_who_was_to_take_a_post_and_then_did_not_never_held_it() -> None:
    found = heads(post("2024-11-22", ADA), filled("2026-09-01"), vacated("2026-09-01", BEN))

    assert (found.vacancies, found.vacant) == (0, 0)


def test_a_post_that_is_registered_twice_is_one() -> None:
    assert heads(post("2024-11-22", ADA), post("2025-11-22", ADA)).posts == 1


def test_the_posts_of_a_school_end_when_it_leaves() -> None:
    found = heads(joins("900001", "2020-09-01"), post("2024-11-22", ADA), leaves("900001", "2025-11-22"))

    assert (found.posts, found.at_schools, found.vacant) == (0, 0, 0)
    assert found.post_years == pytest.approx(1, abs=0.01)


def test_the_posts_of_a_school_stay_under_its_next_urn() -> None:
    events = (joins("900001", "2020-09-01"), becomes("900001", "900051", "2025-01-01"), post("2024-11-22", ADA))

    assert heads(*events).posts == 1
    assert heads(*events, leaves("900051", "2026-01-01")).posts == 0


def test_a_post_of_the_trust_comes_with_no_school() -> None:
    found = heads(post("2024-11-22", ADA, urn=""))

    assert (found.posts, found.at_schools) == (1, 0)


def test_what_has_not_happened_yet_is_not_counted() -> None:
    assert history(post("2027-01-01", ADA), joins("900001", "2027-01-01")).posts == {}


# Schools


def test_who_joined_and_who_was_there_from_the_start() -> None:
    found = history(
        joins("900001", "2023-09-01"),
        joins("900002", "2023-09-01"),
        joins("900003", "2024-09-01"),
        joins("900004", "2025-09-01"),
        leaves("900004", "2026-09-01"),
        becomes("900003", "900053", "2026-01-01"),
        joins("900053", "2026-01-01"),
        joins("900005", "2026-12-01"),
    ).schools

    assert found.members == {"900001", "900002", "900053"}
    assert found.joined == 2
    assert found.joining_years == pytest.approx(3.22, abs=0.01)


def test_a_school_that_came_back_is_a_member() -> None:
    found = history(joins("900001", "2020-09-01"), leaves("900001", "2022-09-01"), joins("900001", "2024-09-01"))

    assert found.schools.members == {"900001"}


# The ladder


def test_the_latest_assessment_stands() -> None:
    events = (assessed("2026-06-01", "ready_now"), assessed("2025-09-01", "2_3_years"))

    found = history(*events).ladder

    assert standing(*events) == {ADA: "ready_now"}
    assert found.moves == {("2_3_years", "ready_now"): 1}
    assert found.years["2_3_years"] == pytest.approx(273 / 365.25)
    assert found.years["ready_now"] == pytest.approx(174 / 365.25)


def test_a_provisional_assessment_moves_nobody() -> None:
    events = (assessed("2026-01-01", "1_year"), assessed("2026-06-01", "ready_now", provisional=True))

    assert standing(*events) == {ADA: "1_year"}
    assert history(assessed("2026-06-01", "ready_now", provisional=True)).ladder.assessed == frozenset()


def test_what_is_not_valid_any_more_lapses_and_is_forgotten_a_year_later() -> None:
    event = assessed("2024-01-01", "ready_now", days=365)  # up to 31 December

    assert standing(event, on=day("2024-12-31")) == {ADA: "ready_now"}
    assert standing(event, on=day("2025-01-01")) == {ADA: "lapsed"}
    assert standing(event, on=day("2025-12-31")) == {ADA: "lapsed"}
    assert standing(event, on=day("2026-01-01")) == {}
    found = history(event).ladder
    assert (found.forgotten, found.exits, found.moves) == (1, 0, {("ready_now", "lapsed"): 1})
    assert found.years["lapsed"] == pytest.approx(365 / 365.25)


def test_who_is_appointed_steps_off_and_was_ready_or_not() -> None:
    ready = history(post("2024-11-22"), assessed("2026-01-01", "ready_now"), filled("2026-04-01", ADA)).ladder
    early = history(post("2024-11-22"), assessed("2026-01-01", "1_year"), filled("2026-04-01", ADA)).ladder

    assert (ready.leaders, ready.appointed[HEAD], ready.chances[HEAD], ready.exits) == ((), 1, 1, 0)
    assert (early.leaders, early.appointed[HEAD], early.chances[HEAD], early.exits) == ((), 0, 0, 1)


def test_a_post_filled_from_outside_while_somebody_was_ready_was_a_chance() -> None:
    found = history(post("2024-11-22"), assessed("2026-01-01", "ready_now"), filled("2026-04-01", BEN)).ladder

    assert (found.appointed[HEAD], found.chances[HEAD]) == (0, 1)


def test_who_holds_such_a_post_is_not_on_the_ladder_until_they_left_it() -> None:
    holding = (post("2024-11-22", ADA), assessed("2026-01-01", "ready_now"))

    assert standing(*holding) == {}
    assert standing(*holding, vacated("2026-02-01"), assessed("2026-03-01", "ready_now")) == {ADA: "ready_now"}


def test_whose_record_is_closed_steps_off_and_back_on_when_it_is_opened_again() -> None:
    closed = LeaderRecordClosed(leader_id=ADA, closed_on=day("2026-03-01"), reason="left")
    declined = LeaderNominationDeclined(leader_id=ADA, declined_by="person", declined_on=day("2026-03-01"))
    reopened = LeaderRecordReopened(leader_id=ADA, reopened_by=BEN, reopened_on=day("2026-05-01"), reason="returned")
    event = assessed("2026-01-01", "1_year")

    assert standing(event, closed) == standing(event, declined) == {}
    assert standing(event, closed, reopened) == {ADA: "1_year"}
    assert history(event, closed).ladder.exits == 1


def test_who_leaves_the_trust_steps_off() -> None:
    events = (starts("2020-09-01"), assessed("2026-01-01", "ready_now"), ends("2026-08-31"))

    assert standing(*events, on=day("2026-08-31")) == {ADA: "ready_now"}
    assert standing(*events) == {}
    assert history(*events).ladder.exits == 1


def test_who_only_changes_schools_stays_on() -> None:
    events = (starts("2020-09-01"), ends("2026-07-31"), starts("2026-09-01", engagement=52))

    assert standing(*events, assessed("2026-01-01", "ready_now")) == {ADA: "ready_now"}


def test_a_governor_does_not_work_here() -> None:
    events = (starts("2020-09-01"), ends("2026-07-31"), starts("2020-09-01", engagement=52, kind="governor"))

    assert standing(*events, assessed("2026-01-01", "ready_now")) == {}


def test_a_last_day_to_come_is_known() -> None:
    [leader] = history(starts("2020-09-01"), assessed("2026-01-01", "ready_now"), ends("2027-08-31")).ladder.leaders

    assert leader.last_day == day("2027-08-31")


def test_entries_are_counted_after_two_years() -> None:
    found = history(
        assessed("2024-01-01", "1_year", ADA),
        assessed("2025-06-01", "2_3_years", BEN),
        assessed("2026-06-01", "4_5_years", CLEO),
    ).ladder

    assert found.entries[HEAD, "4_5_years"] == sum(found.entries.values()) == 1
    assert found.entering_years == pytest.approx(0.89, abs=0.01)


def test_people_that_were_merged_are_one_until_they_are_split() -> None:
    events = (assessed("2026-01-01", "1_year", ADA), assessed("2026-06-01", "ready_now", BEN))
    merged = PersonsMerged(person_id=BEN, into_person_id=ADA, reason="double")
    split = PersonsSplit(person_id=BEN, from_person_id=ADA, reason="mistake")

    assert standing(*events, merged) == {ADA: "ready_now"}
    assert standing(*events, merged, split) == {ADA: "1_year", BEN: "ready_now"}


def test_an_engagement_is_of_whom_it_was_moved_to() -> None:
    back = EngagementMoved(person_id=ADA, engagement_id=UUID(int=51), to_person_id=BEN)
    events = (assessed("2026-01-01", "ready_now"), starts("2020-09-01"), back, ends("2026-07-31", BEN))

    assert standing(*events) == {ADA: "ready_now"}  # of whom no engagement is known
    assert standing(*events, assessed("2026-01-01", "1_year", BEN)) == {ADA: "ready_now"}


# Career stages


def test_without_stages_there_are_none() -> None:
    assert history(assessed("2026-01-01", "ready_now")).stages is None


def test_who_stands_where_and_who_rose() -> None:
    found = history(
        stage("2024-01-01", ADA, "stage_3"),
        stage("2024-01-01", BEN, "stage_4"),
        starts("2020-09-01", BEN),
        ends("2026-08-31", BEN),
        stage("2025-06-01", ADA, "stage_4"),
        stage("2025-09-01", CLEO, "stage_5"),
    ).stages

    assert found is not None
    assert (found.senior, found.below, found.risen, found.arrived, found.left) == (2, 0, 1, 1, 1)
    assert found.below_years == pytest.approx(0.41, abs=0.01)  # the first year is not counted
    assert found.senior_years == pytest.approx(1.67 + 1.48 + 1.22, abs=0.02)
