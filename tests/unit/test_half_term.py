"""The demo's plan: enough happens in it, no two weeks are alike, and it says of itself what must come of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from deploy.demo import story
from deploy.demo.half_term import half_term, personal_markers
from deploy.demo.people import people
from deploy.demo.plan import Plan, Saying, Speaker, answers, standing
from deploy.demo.trust import BY_URN, JOINT, SCHOOLS, TERM_DATES, UID, named
from deploy.demo.weeks import by_week, week_line, week_of
from services.collaboration.intake import admissions as of_collaboration
from services.cpd.intake import admissions as of_cpd
from services.talent.intake import admissions as of_talent
from shared.contracts import codec

SEED = 2026


@pytest.fixture(scope="module")
def plan() -> Plan:
    return half_term(SEED)


@pytest.fixture(scope="module", params=[0, 7])
def other(request: pytest.FixtureRequest) -> Plan:
    seed: int = request.param
    return half_term(seed)


def test_the_same_seed_gives_the_same_plan(plan: Plan) -> None:
    assert half_term(SEED) == plan


def test_another_seed_gives_other_people_in_the_same_half_term(plan: Plan, other: Plan) -> None:
    ours = set(plan.people.markers())
    assert len(ours & set(other.people.markers())) < len(ours) / 10
    assert [(moment.at, len(moment.sayings)) for moment in other.moments] == [
        (moment.at, len(moment.sayings)) for moment in plan.moments
    ]
    assert (other.outcomes(), other.events()) == (plan.outcomes(), plan.events())


def test_moments_follow_each_other_within_the_half_term(plan: Plan) -> None:
    times = [moment.at for moment in plan.moments]

    assert times == sorted(set(times))
    assert plan.starts_at <= times[0] < times[-1] < plan.ends_at
    assert plan.ends_at.date() == date.fromisoformat(TERM_DATES["half_terms"][1]["ends_on"])


def test_there_are_at_least_600_events_in_three_writers(plan: Plan) -> None:
    made = plan.events()

    assert set(made) == {"talent", "cpd", "collaboration"}
    assert made.total() >= 600


def test_twelve_schools_about_eight_people_each_and_a_central_team() -> None:
    everybody = people(SEED).everybody
    at = Counter(urn for person in everybody for urn in person.urns)

    assert [school.urn for school in SCHOOLS] == [str(900001 + n) for n in range(12)]
    assert set(at.values()) == {8}
    assert len([person for person in everybody if not person.urns]) == 7
    assert len({person.name for person in everybody}) == len({person.email for person in everybody}) == len(everybody)


def test_two_schools_have_one_head_who_is_there_once() -> None:
    everybody = people(SEED)

    shared = [person for person in everybody.everybody if len(person.urns) > 1]
    assert [person.urns for person in shared] == [JOINT]
    assert {everybody.at(urn, "headteacher") for urn in JOINT} == set(shared)


def test_everybody_who_has_a_manager_is_managed_by_somebody_here() -> None:
    everybody = people(SEED).everybody
    known = {person.person_id for person in everybody}

    unmanaged = {person.role for person in everybody if person.manager_id is None}
    assert unmanaged == {"chief_executive", "chair_of_trustees", "chair_of_governors"}
    assert all(person.manager_id in {*known, None} - {person.person_id} for person in everybody)


def test_an_id_is_used_once_or_for_the_same_again(plan: Plan) -> None:
    first: dict[tuple[Speaker, str], Saying] = {}
    for saying in plan.sayings():
        key = (saying.speaker, saying.id)
        if saying.expects.outcome == "duplicate":
            assert saying.data == first[key].data
        elif saying.expects.code == "id_reused":
            assert saying.data != first[key].data
        else:
            assert key not in first
            first[key] = saying


def test_every_type_but_one_is_in_a_contract(plan: Plan) -> None:
    unknown = set()
    for saying in plan.sayings():
        try:
            codec.event_class(saying.type)
        except codec.UnknownType:
            unknown.add(saying.expects)

    assert {(expected.outcome, expected.code) for expected in unknown} == {("parked", "unknown_type")}


def test_everything_that_may_be_said_is_said(plan: Plan) -> None:
    said = {saying.event for saying in plan.taken()}
    elsewhere = {
        "SchoolLeftTrust",
        "SchoolUrnSucceeded",
        "PersonDetailsCorrected",  # nobody was registered wrongly
        "FocusAreaClosed",  # what was agreed on goes on after Christmas
        "RoleCountDeclared",  # this comes with the register's files
    }

    assert {name.split(".")[3] for name in (*of_talent, *of_cpd, *of_collaboration)} - said == elsewhere


def test_every_door_is_used(plan: Plan) -> None:
    doors = {saying.door for saying in plan.taken("LeadershipTeamMeetingHeld")}

    assert doors == {"kafka", "structured", "binary", "batch", "command"}
    assert all(len(saying.speaker.urns) == 1 for saying in plan.sayings() if saying.door == "kafka")


def test_meetings_are_reported_whole_and_in_parts_and_jointly(plan: Plan) -> None:
    meetings = list(plan.taken("LeadershipTeamMeetingHeld"))

    assert any("answers" in meeting.data for meeting in meetings)
    assert any("answers" not in meeting.data and meeting.data["urns"] for meeting in meetings)
    assert Counter(len(meeting.data["urns"]) for meeting in meetings)[2] == 3


def test_three_answers_come_before_their_meeting_and_are_taken_within_a_day(plan: Plan) -> None:
    early = {s.id: m.at for m in plan.moments for s in m.sayings if s.expects.code == "meeting_unknown"}
    taken = {s.id: m.at for m in plan.moments for s in m.brought_back}

    assert len(early) == 3
    assert early.keys() == taken.keys()
    assert all(timedelta() < taken[id] - early[id] < timedelta(days=1) for id in early)


def test_at_least_five_answers_are_late(plan: Plan) -> None:
    due = {UUID(s.data["item_id"]): datetime.fromisoformat(s.data["due_by"]) for s in _issued(plan)}
    late = [
        answer
        for moment in plan.moments
        for saying in (*moment.sayings, *moment.brought_back)
        if saying.is_accepted and saying.event != "FeedbackCorrected"
        for answer in answers(saying)
        if moment.at > due[UUID(answer["item_id"])]
    ]

    assert len(late) >= 5


def test_at_least_five_answers_are_corrected_to_what_stands(plan: Plan) -> None:
    corrections = list(plan.taken("FeedbackCorrected"))
    stands = standing(plan)

    assert len(corrections) >= 5
    for saying in corrections:
        assert stands[UUID(saying.data["item_id"]), saying.data["urn"]] == saying.data


def test_what_stands_in_the_end_is_what_the_story_says(plan: Plan) -> None:
    stands = {key: said["rag"] for key, said in standing(plan).items()}
    story_says = {
        (named(SEED, "item", cycle, focus), urn): rag
        for urn in BY_URN
        for focus in story.FOCUS_AREAS
        for cycle in (1, 2, 3)
        if (rag := story.state(urn, cycle, focus)) is not None
    }

    assert stands == story_says


def test_every_answer_is_to_an_item_of_its_school_and_primaries_have_no_year_9(plan: Plan) -> None:
    applies = {UUID(s.data["item_id"]): s.data["applies_to"] for s in _issued(plan)}
    maths = {named(SEED, "item", cycle, "maths") for cycle in (1, 2, 3)}

    for (item, urn), said in standing(plan).items():
        assert urn in applies[item]
        assert (said["rag"] == "not_applicable") == (item in maths and BY_URN[urn].phase == "primary")
    assert all("900003" not in applies[item] for item in maths)


def test_two_schools_fall_silent_in_the_last_cycle(plan: Plan) -> None:
    met = {
        urn
        for saying in plan.taken("LeadershipTeamMeetingHeld")
        if datetime.fromisoformat(saying.data["held_at"]).date() >= story.CYCLES[-1].starts_on
        for urn in saying.data["urns"]
    }

    assert set(BY_URN) - met == set(story.SILENT)


def test_what_was_not_answered_when_due_is_made_known_by_the_clock_once(plan: Plan) -> None:
    due = {
        UUID(s.data["item_id"]): (datetime.fromisoformat(s.data["due_by"]), s.data["applies_to"]) for s in _issued(plan)
    }
    answered: dict[tuple[UUID, str], datetime] = {}
    for moment in plan.moments:
        for saying in (*moment.sayings, *moment.brought_back):
            for answer in answers(saying) if saying.is_accepted else ():
                answered.setdefault((UUID(answer["item_id"]), answer["urn"]), moment.at)

    silent = {
        (item, urn)
        for item, (due_by, urns) in due.items()
        for urn in urns
        if due_by < plan.ends_at and answered.get((item, urn), plan.ends_at) > due_by
    }
    assert len(plan.overdue()) == len(set(plan.overdue())) >= 6
    assert set(plan.overdue()) == silent
    assert {urn for _, urn in silent} >= set(story.SILENT)


def test_the_platform_refuses_for_at_least_four_reasons_and_keeps_what_it_does_not_know(plan: Plan) -> None:
    given = plan.outcomes()
    codes = {code for outcome, code in given if outcome == "refused"}

    assert codes >= {
        *("meeting_in_the_future", "item_not_for_this_school", "already_answered"),
        *("id_reused", "not_your_school", "invalid"),
    }
    assert given["parked", "unknown_type"] == 1
    assert given["duplicate", None] >= 2


def test_help_is_asked_for_in_all_but_one_dimension_at_least(plan: Plan) -> None:
    asked = [answer for s in plan.taken() for answer in answers(s) if answer.get("needs_help")]

    assert len({answer["help_dimension"] for answer in asked}) >= 4
    assert all(answer["rag"] in ("red", "amber") for answer in asked)


def test_loops_come_to_every_point_and_actions_have_every_effect(plan: Plan) -> None:
    raised = {
        (answer["item_id"], answer["urn"], answer["meeting_id"])
        for saying in plan.taken()
        for answer in answers(saying)
        if answer["rag"] == "red" or answer.get("needs_help")
    }
    said = {
        event: {(s.data["item_id"], s.data["urn"], s.data["meeting_id"]) for s in plan.taken(event)}
        for event in ("TrustAcknowledged", "TrustResponseGiven", "ResponseRead", "ActionAgreed")
    }
    by_side = Counter(s.data["reviewed_by"] for s in plan.taken("EffectReviewed"))

    assert raised > said["TrustAcknowledged"] > said["TrustResponseGiven"] > said["ResponseRead"] > said["ActionAgreed"]
    assert min(by_side["school"], by_side["trust"]) >= 5
    assert _effects(plan) == {"better", "same", "worse"}


def test_two_actions_are_overdue_and_the_trust_reminds_of_both(plan: Plan) -> None:
    """It must not matter how soon the clock notices: nobody closes an action in the moment that makes it overdue."""
    due_on = {s.data["action_id"]: date.fromisoformat(s.data["due_on"]) for s in plan.taken("ActionAgreed")}
    closed_at = {s.data["action_id"]: m.at for m in plan.moments for s in m.sayings if s.event == "ActionClosed"}
    overdue_at = {action: _first_after(plan, day) for action, day in due_on.items() if day < plan.ends_at.date()}
    overdue = {a: at for a, at in overdue_at.items() if closed_at.get(a, plan.ends_at) >= at}
    reminded = {s.data["action_id"] for s in plan.taken("ReminderSent") if "action_id" in s.data}

    assert [made for moment in plan.moments for made in moment.follows if made[1] == "ActionOverdue"] == [
        ("collaboration", "ActionOverdue", 1)
    ] * len(overdue)
    assert len(overdue) == 2
    assert reminded == set(overdue)
    assert [closed_at[a] > at for a, at in overdue.items() if a in closed_at] == [True]


def _first_after(plan: Plan, day: date) -> datetime:
    """The first moment of a later day; there has to be one."""
    return next(moment.at for moment in plan.moments if moment.at.date() > day)


def test_training_has_three_programmes_ten_sessions_a_move_and_a_cancellation(plan: Plan) -> None:
    events = ("ProgrammePublished", "SessionScheduled", "SessionRescheduled", "SessionCancelled")

    assert [len(list(plan.taken(event))) for event in events] == [3, 10, 1, 1]


def test_every_week_looks_different(plan: Plan) -> None:
    lines = [week_line(week, moments) for week, moments in by_week(plan)]

    assert len(lines) == 8
    assert len({line.partition(": ")[2] for line in lines}) == 8
    assert lines[5].startswith("Week 5, 30 November\N{EN DASH}4 December: 7 of 8 met, 3 need help, 32 answers")


def test_states_get_better_and_worse_from_cycle_to_cycle() -> None:
    ranks = {"red": 1, "amber": 2, "green": 3}
    steps = Counter[tuple[int, str]]()
    for urn in BY_URN:
        for focus in story.FOCUS_AREAS:
            for cycle in (2, 3):
                before, now = (ranks.get(story.state(urn, c, focus) or "") for c in (cycle - 1, cycle))
                if before and now and before != now:
                    steps[cycle, "better" if now > before else "worse"] += 1

    assert set(steps) == {(2, "better"), (2, "worse"), (3, "better"), (3, "worse")}


def test_all_that_is_personal_is_a_marker(plan: Plan) -> None:
    found = personal_markers(SEED)
    texts = [answer["comment"] for s in plan.sayings() for answer in answers(s) if "comment" in answer]
    texts += [s.data["response"] for s in plan.sayings("TrustResponseGiven")]
    texts += [s.data["action"] for s in plan.sayings("ActionAgreed")]
    texts += [s.data["reason"] for s in plan.sayings("FeedbackCorrected")]

    assert {*texts, *plan.people.markers()} <= found
    assert any(person.name in text for text in texts for person in plan.people.everybody)


def test_nothing_that_stays_in_clear_is_a_marker(plan: Plan) -> None:
    """What a contract does not mark as personal is published as it is: no name or comment may stand in it."""
    found = personal_markers(SEED)
    for saying in plan.taken():
        marked = codec.personal_fields(codec.event_class(saying.type))
        clear = [
            v for name, v in saying.data.items() if name not in marked and name != "answers" and isinstance(v, str)
        ]
        assert found.isdisjoint(clear)


def test_everything_is_said_of_one_trust_that_does_not_exist(plan: Plan) -> None:
    for saying in plan.sayings():
        assert saying.data.get("trustuid") in (None, UID)
        assert all(urn.startswith("9000") for urn in (*saying.speaker.urns, *saying.data.get("urns", ())))


def test_weeks_begin_on_monday() -> None:
    assert [week_of(datetime(2026, 11, day, tzinfo=UTC)) for day in (1, 2, 8, 9)] == [0, 1, 1, 2]


def _issued(plan: Plan) -> list[Saying]:
    return list(plan.taken("StandardAgendaItemIssued"))


def _effects(plan: Plan) -> set[str]:
    ranks = ("red", "amber", "green")
    said = {
        (answer["item_id"], answer["urn"], answer["meeting_id"]): answer["rag"]
        for saying in plan.taken()
        for answer in answers(saying)
    }
    actions = {
        s.data["action_id"]: said[s.data["item_id"], s.data["urn"], s.data["meeting_id"]]
        for s in plan.taken("ActionAgreed")
    }
    found = set()
    for saying in plan.taken("EffectReviewed"):
        step = ranks.index(saying.data["rag_after"]) - ranks.index(actions[saying.data["action_id"]])
        found.add("better" if step > 0 else "worse" if step < 0 else "same")
    return found
