"""A coach: the pool, the pairings, and how many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.coach import CoachCommand, CoachEvent, JoinPool, LeavePool, coach, coach_stream
from services.collaboration.domain.days import Dated
from services.collaboration.domain.pairing_up import Pair
from services.collaboration.domain.pairings import EndPairing, LogSession, QuestionPairing, Spell
from shared.contracts.collaboration.coaching import (
    CoachingEnded,
    CoachingKind,
    CoachingPaired,
    CoachingQuestioned,
    CoachingSessionLogged,
    CoachPoolJoined,
    CoachPoolLeft,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each, whatever_stands

TODAY = date(2026, 11, 25)
TRUST, OAK = "99001", "900001"


def some(name: str) -> UUID:
    return uuid5(UUID(int=0), name)


ANN, BEA, CAI, DAN = some("ann"), some("bea"), some("cai"), some("dan")
JOIN = JoinPool(
    membership_id=some("membership"),
    trustuid=TRUST,
    urn=OAK,
    person_id=ANN,
    basis="training",
    kinds=("coach", "mentor"),
    specialism="phonics",
    places=2,
    from_on=date(2026, 9, 1),
)
JOINED = CoachPoolJoined(
    membership_id=some("membership"),
    trustuid=TRUST,
    urn=OAK,
    person_id=ANN,
    basis="training",
    kinds=("coach", "mentor"),
    specialism="phonics",
    places=2,
    from_on=date(2026, 9, 1),
)
LEAVE = LeavePool(membership_id=JOIN.membership_id, person_id=ANN, left_on=TODAY)
LEFT = CoachPoolLeft(membership_id=JOIN.membership_id, person_id=ANN, urn=OAK, left_on=TODAY)
PAIR = Pair(
    pairing_id=some("pairing"),
    trustuid=TRUST,
    urn=OAK,
    coach_id=ANN,
    coachee_ids=(BEA,),
    kind="coach",
    starts_on=date(2026, 10, 1),
    ends_on=date(2027, 7, 20),
    managers=frozenset({DAN}),
    heads=frozenset(),
    chairs=frozenset(),
)
PAIRED = CoachingPaired(
    pairing_id=some("pairing"),
    trustuid=TRUST,
    urn=OAK,
    coach_id=ANN,
    coachee_ids=(BEA,),
    kind="coach",
    starts_on=date(2026, 10, 1),
    ends_on=date(2027, 7, 20),
)
LOG = LogSession(
    pairing_id=PAIR.pairing_id,
    coach_id=ANN,
    session_id=some("session"),
    theme="behaviour",
    minutes=45,
    held_on=date(2026, 11, 3),
)
LOGGED = CoachingSessionLogged(
    pairing_id=PAIR.pairing_id,
    urn=OAK,
    session_id=some("session"),
    theme="behaviour",
    minutes=45,
    held_on=date(2026, 11, 3),
)
LEADS = Spell(coachee_id=BEA, from_on=date(2026, 11, 10))
QUESTION = QuestionPairing(spells=(LEADS,))
QUESTIONED = CoachingQuestioned(
    pairing_id=PAIR.pairing_id,
    urn=OAK,
    coachee_id=BEA,
    reason="coach_is_line_manager",
    since_on=date(2026, 11, 10),
)
END = EndPairing(pairing_id=PAIR.pairing_id, coach_id=ANN, outcome="met", ended_on=TODAY)
ENDED = CoachingEnded(
    pairing_id=PAIR.pairing_id,
    trustuid=TRUST,
    urn=OAK,
    coach_id=ANN,
    kind="coach",
    outcome="met",
    sessions=1,
    minutes=45,
    ended_on=TODAY,
)


def on(command: CoachCommand, today: date = TODAY) -> Dated[CoachCommand]:
    return Dated(command, today)


def designated(*kinds: CoachingKind, places: int = 1) -> CoachPoolJoined:
    return replace(JOINED, membership_id=some("designation"), basis="designation", kinds=kinds, places=places)


@pytest.mark.parametrize(
    ("happened", "command", "expected"),
    [
        ((), JOIN, [JOINED]),
        ((JOINED,), JOIN, []),
        ((JOINED,), LEAVE, [LEFT]),
        ((JOINED, LEFT), LEAVE, []),
        ((JOINED,), PAIR, [PAIRED]),
        ((), PAIR, [PAIRED]),
        ((JOINED, PAIRED), PAIR, []),
        ((PAIRED,), LOG, [LOGGED]),
        ((PAIRED, LOGGED), LOG, []),
        ((PAIRED,), QUESTION, [QUESTIONED]),
        ((PAIRED, QUESTIONED), QUESTION, []),
        ((), QUESTION, []),
        ((PAIRED, LOGGED, ENDED), QUESTION, []),
        ((PAIRED, LOGGED), END, [ENDED]),
        ((PAIRED, LOGGED, ENDED), END, []),
        ((PAIRED,), END, [replace(ENDED, sessions=0, minutes=0)]),
    ],
)
def test_it_happens_once(happened: tuple[CoachEvent, ...], command: CoachCommand, expected: list[CoachEvent]) -> None:
    assert given(coach, *happened)(on(command)) == expected


@pytest.mark.parametrize(
    ("happened", "command", "code", "field"),
    [
        ((JOINED,), replace(JOIN, places=5), "membership_exists", "/membership_id"),
        ((), replace(JOIN, kinds=("coach", "lle_head")), "designation_needed", "/kinds"),
        ((), replace(JOIN, to_on=date(2026, 8, 31)), "ends_before_it_starts", "/to_on"),
        ((), LEAVE, "membership_unknown", "/membership_id"),
        ((JOINED,), replace(LEAVE, left_on=TODAY + timedelta(days=1)), "in_the_future", "/left_on"),
        ((PAIRED,), replace(PAIR, coachee_ids=(CAI,)), "pairing_exists", "/pairing_id"),
        ((), replace(PAIR, ends_on=date(2026, 9, 30)), "ends_before_it_starts", "/ends_on"),
        ((), replace(PAIR, coachee_ids=(BEA, BEA)), "named_twice", "/coachee_ids"),
        ((), replace(PAIR, coachee_ids=(ANN,)), "coach_is_coachee", "/coach_id"),
        ((), replace(PAIR, managers=frozenset({ANN})), "coach_is_line_manager", "/coach_id"),
        ((), replace(PAIR, coachee_ids=(BEA, CAI)), "one_at_a_time", "/coachee_ids"),
        ((designated("lle_head"),), replace(PAIR, kind="lle_head"), "coachee_is_no_head", "/coachee_ids"),
        ((designated("nlg_chair"),), replace(PAIR, kind="nlg_chair"), "coachee_is_no_chair", "/coachee_ids"),
        ((JOINED,), replace(PAIR, kind="sle_group"), "coach_not_designated", "/coach_id"),
        (
            (replace(designated("sle_group"), specialism=None),),
            replace(PAIR, kind="sle_group"),
            "coach_has_no_specialism",
            "/coach_id",
        ),
        ((replace(JOINED, places=1), replace(PAIRED, pairing_id=CAI)), PAIR, "no_place_left", "/coach_id"),
        ((), LOG, "pairing_unknown", "/pairing_id"),
        ((PAIRED, LOGGED), replace(LOG, minutes=50), "coaching_session_exists", "/session_id"),
        ((PAIRED, LOGGED, ENDED), replace(LOG, session_id=CAI), "pairing_ended", "/pairing_id"),
        ((PAIRED,), replace(LOG, held_on=TODAY + timedelta(days=1)), "in_the_future", "/held_on"),
        ((PAIRED,), replace(LOG, held_on=date(2026, 9, 30)), "outside_pairing", "/held_on"),
        ((), END, "pairing_unknown", "/pairing_id"),
        ((PAIRED, LOGGED, ENDED), replace(END, outcome="not_met"), "pairing_ended", "/pairing_id"),
        ((PAIRED,), replace(END, ended_on=TODAY + timedelta(days=1)), "in_the_future", "/ended_on"),
        ((PAIRED, LOGGED), replace(END, ended_on=date(2026, 11, 2)), "ended_too_early", "/ended_on"),
        ((replace(PAIRED, ends_on=date(2026, 11, 20)),), END, "outside_pairing", "/ended_on"),
    ],
)
def test_it_is_refused(happened: tuple[CoachEvent, ...], command: CoachCommand, code: str, field: str) -> None:
    with refused(code, field):
        given(coach, *happened)(on(command))


def test_a_local_leader_coaches_a_head_and_a_specialist_leader_a_group() -> None:
    head = replace(PAIR, kind="lle_head", heads=frozenset({BEA}))
    chair = replace(PAIR, kind="nlg_chair", chairs=frozenset({BEA}))
    group = replace(PAIR, kind="sle_group", coachee_ids=(BEA, CAI))

    assert given(coach, designated("lle_head"))(on(head)) == [replace(PAIRED, kind="lle_head")]
    assert given(coach, designated("nlg_chair"))(on(chair)) == [replace(PAIRED, kind="nlg_chair")]
    assert given(coach, designated("sle_group"))(on(group)) == [
        replace(PAIRED, kind="sle_group", coachee_ids=(BEA, CAI))
    ]


@pytest.mark.parametrize(
    "ended",
    [LEFT, replace(LEFT, left_on=date(2026, 10, 1))],
)
def test_a_designation_counts_on_its_days_alone(ended: CoachPoolLeft) -> None:
    late = replace(PAIR, kind="lle_head", heads=frozenset({BEA}), starts_on=ended.left_on)
    membership = replace(designated("lle_head"), membership_id=JOIN.membership_id)

    with refused("coach_not_designated", "/coach_id"):
        given(coach, membership, ended)(on(late))
    before = replace(late, starts_on=ended.left_on - timedelta(days=1))
    assert given(coach, membership, ended)(on(before)) != []


def test_a_place_is_free_again_when_a_pairing_has_ended() -> None:
    other = replace(PAIR, pairing_id=CAI, starts_on=TODAY + timedelta(days=1))
    full = (replace(JOINED, places=1), PAIRED, LOGGED)

    with refused("no_place_left", "/coach_id"):
        given(coach, *full)(on(other))
    assert given(coach, *full, ENDED)(on(other)) != []


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "fits"),
    [
        (date(2026, 9, 1), date(2026, 9, 30), True),  # before the other one
        (date(2026, 9, 1), date(2026, 10, 1), False),  # into its first day
        (date(2026, 9, 1), None, False),
        (date(2027, 7, 20), None, False),  # on its last day
        (date(2027, 7, 21), None, True),
    ],
)
def test_a_place_is_taken_on_the_days_of_a_pairing(starts_on: date, ends_on: date | None, *, fits: bool) -> None:
    when = given(coach, replace(JOINED, places=1), PAIRED)
    other = on(replace(PAIR, pairing_id=CAI, starts_on=starts_on, ends_on=ends_on))

    if fits:
        assert len(when(other)) == 1
    else:
        with refused("no_place_left", "/coach_id"):
            when(other)


@pytest.mark.parametrize(
    ("from_on", "until_on", "leads_then"),
    [
        (date(2026, 1, 1), None, True),
        (date(2026, 1, 1), date(2026, 10, 2), True),
        (date(2026, 1, 1), date(2026, 10, 1), False),  # somebody else does from its first day on
        (date(2027, 7, 20), None, True),
        (date(2027, 7, 21), None, False),
    ],
)
def test_a_pairing_is_questioned_when_the_coach_leads_who_is_coached_on_one_of_its_days(
    from_on: date, until_on: date | None, *, leads_then: bool
) -> None:
    spell = Spell(coachee_id=BEA, from_on=from_on, until_on=until_on)

    expected = [replace(QUESTIONED, since_on=from_on)] if leads_then else []
    assert given(coach, PAIRED)(on(QuestionPairing(spells=(spell,)))) == expected


def test_a_pairing_is_questioned_once_for_each_who_is_coached_since_the_coach_first_led_them() -> None:
    group = replace(PAIRED, kind="sle_group", coachee_ids=(BEA, CAI, DAN))
    again = replace(LEADS, from_on=date(2027, 1, 1))
    too = replace(LEADS, coachee_id=CAI)
    when = given(coach, group, QUESTIONED)

    assert given(coach, group)(on(QuestionPairing(spells=(LEADS, again)))) == [QUESTIONED]
    assert when(on(QuestionPairing(spells=(LEADS, again, too)))) == [replace(QUESTIONED, coachee_id=CAI)]


def test_everything_about_a_coach_is_one_stream() -> None:
    assert coach_stream(ANN) == f"coach-{ANN}"


DAYS = st.dates(date(2026, 9, 1), date(2027, 1, 31))
COMMANDS = st.one_of(
    st.just(JOIN),
    st.builds(LeavePool, membership_id=st.just(JOIN.membership_id), person_id=st.just(ANN), left_on=DAYS),
    st.builds(
        Pair,
        pairing_id=st.sampled_from([some(f"p{n}") for n in range(4)]),
        trustuid=st.just(TRUST),
        urn=st.just(OAK),
        coach_id=st.just(ANN),
        coachee_ids=st.sampled_from([(BEA,), (CAI,)]),
        kind=st.sampled_from(["coach", "mentor"]),
        starts_on=DAYS,
        ends_on=st.none() | DAYS,
        managers=st.just(frozenset()),
        heads=st.just(frozenset()),
        chairs=st.just(frozenset()),
    ),
    st.builds(
        LogSession,
        pairing_id=st.sampled_from([some(f"p{n}") for n in range(4)]),
        coach_id=st.just(ANN),
        session_id=st.sampled_from([some(f"s{n}") for n in range(3)]),
        theme=st.just("behaviour"),
        minutes=st.integers(1, 90),
        held_on=DAYS,
    ),
    st.builds(
        QuestionPairing,
        spells=st.tuples(
            st.builds(Spell, coachee_id=st.sampled_from([BEA, CAI]), from_on=DAYS, until_on=st.none() | DAYS)
        ),
    ),
    st.builds(
        EndPairing,
        pairing_id=st.sampled_from([some(f"p{n}") for n in range(4)]),
        coach_id=st.just(ANN),
        outcome=st.just("met"),
        ended_on=DAYS,
    ),
)


@over(st.lists(COMMANDS, max_size=14))
def test_repeats_never_change_where_it_ends(commands: list[CoachCommand]) -> None:
    asked = [on(command) for command in commands]
    [once, *_], [twice, *_] = whatever_stands(coach, asked), whatever_stands(coach, twice_each(asked))

    assert once == twice


# Few days and one place, so that pairings meet.
WEEK = st.dates(date(2026, 11, 2), date(2026, 11, 8))
NUMBERED = st.sampled_from([some(f"p{n}") for n in range(3)])
BEGIN_AND_END = st.one_of(
    st.builds(
        lambda pairing_id, days: replace(PAIR, pairing_id=pairing_id, starts_on=days[0], ends_on=days[-1]),
        NUMBERED,
        st.lists(WEEK, min_size=1, max_size=2).map(sorted),
    ),
    st.builds(
        lambda pairing_id, day: replace(PAIR, pairing_id=pairing_id, starts_on=day, ends_on=None), NUMBERED, WEEK
    ),
    st.builds(lambda pairing_id, day: replace(END, pairing_id=pairing_id, ended_on=day), NUMBERED, WEEK),
)


@over(st.lists(BEGIN_AND_END, max_size=10))
def test_no_more_are_coached_at_once_than_there_are_places(commands: list[CoachCommand]) -> None:
    state, _ = after(coach, [on(command) for command in (replace(JOIN, places=1), *commands)])

    for day in (date(2026, 11, 2) + timedelta(days=n) for n in range(8)):
        assert sum(p.goes_on(day) for p in state.pairings.by_id.values()) <= 1
