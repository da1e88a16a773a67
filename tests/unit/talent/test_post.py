"""A critical post: who holds it, who leaves and when, and who takes it. Never more than the whole of it is held."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.post import (
    FillPost,
    PostCommand,
    RegisterCriticalPost,
    VacatePost,
    WithdrawVacancy,
    post,
    post_stream,
)
from services.talent.domain.succession import NominateSuccessor, RemoveSuccessor
from services.talent.domain.tenure import WHOLE, Tenures, holders_on, is_incumbent_from, most_held
from shared.contracts.talent.posts import (
    CriticalPostRegistered,
    Incumbent,
    PostFilled,
    PostVacancyWithdrawn,
    PostVacated,
    SuccessorNominated,
    SuccessorRemoved,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each, whatever_stands

ID, OTHER = UUID(int=1), UUID(int=2)
ADA, BEN, CLEO = (UUID(int=n) for n in (11, 12, 13))
SINCE, TODAY, SOON, LATER = date(2020, 9, 1), date(2026, 11, 22), date(2027, 1, 1), date(2027, 9, 1)
SCHOOL, ELSEWHERE = "900001", "900002"

HEAD = Incumbent(person_id=ADA, share_hundredths=100, from_on=SINCE)
CO_HEADS = (replace(HEAD, share_hundredths=60), replace(HEAD, person_id=BEN, share_hundredths=40))
REGISTER = RegisterCriticalPost(
    post_id=ID,
    trustuid="99001",
    urns=(SCHOOL,),
    post_type="headteacher",
    incumbents=(HEAD,),
    registered_on=TODAY,
    today=TODAY,
)
REGISTERED = CriticalPostRegistered(
    post_id=ID,
    trustuid="99001",
    urns=(SCHOOL,),
    post_type="headteacher",
    incumbents=(HEAD,),
    registered_on=TODAY,
)
EMPTY = replace(REGISTERED, incumbents=())
SHARED = replace(REGISTERED, incumbents=CO_HEADS)
VACATE = VacatePost(post_id=ID, vacated_on=LATER, reason="retirement", today=TODAY)
VACATED = PostVacated(post_id=ID, post_type="headteacher", person_id=ADA, vacated_on=LATER, reason="retirement")
STAY = WithdrawVacancy(post_id=ID, person_id=ADA, today=TODAY)
STAYS = PostVacancyWithdrawn(post_id=ID, post_type="headteacher", person_id=ADA)
FILL = FillPost(
    post_id=ID,
    person_id=CLEO,
    share_hundredths=100,
    filled_on=LATER,
    worked_at=frozenset({ELSEWHERE}),
    today=TODAY,
)
FILLED = PostFilled(
    post_id=ID,
    post_type="headteacher",
    person_id=CLEO,
    share_hundredths=100,
    internal=True,
    source_urn=ELSEWHERE,
    filled_on=LATER,
)
NOMINATED = SuccessorNominated(post_id=ID, post_type="headteacher", leader_id=CLEO, nominated_on=date(2026, 6, 1))


def test_a_post_is_registered_with_whoever_holds_it() -> None:
    when = given(post)

    assert when(REGISTER) == [REGISTERED]
    assert when(replace(REGISTER, incumbents=CO_HEADS)) == [SHARED]


def test_a_post_may_be_empty_and_may_be_the_trusts() -> None:
    when = given(post)

    assert when(replace(REGISTER, urns=(), incumbents=())) == [replace(EMPTY, urns=())]


def test_a_vacancy_that_is_expected_at_registration_is_everybodys() -> None:
    when = given(post)
    expecting = replace(REGISTER, incumbents=CO_HEADS, expected_vacancy_on=LATER, expected_vacancy_reason="end_of_term")

    assert when(expecting) == [
        SHARED,
        replace(VACATED, reason="end_of_term"),
        replace(VACATED, person_id=BEN, reason="end_of_term"),
    ]
    assert when(replace(REGISTER, expected_vacancy_on=LATER)) == [REGISTERED, replace(VACATED, reason="other")]


def test_registering_it_again_changes_nothing() -> None:
    expecting = replace(REGISTER, expected_vacancy_on=LATER)

    assert given(post, REGISTERED)(REGISTER) == []
    assert given(post, REGISTERED, VACATED, FILLED)(expecting) == []


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(REGISTER, registered_on=SOON), "in_the_future", "/registered_on"),
        (replace(REGISTER, incumbents=(CO_HEADS[0], CO_HEADS[0])), "incumbent_named_twice", "/incumbents"),
        (replace(REGISTER, incumbents=(replace(HEAD, from_on=SOON),)), "incumbent_from_later", "/incumbents"),
        (replace(REGISTER, incumbents=(HEAD, CO_HEADS[1])), "share_above_whole", "/incumbents"),
        (replace(REGISTER, incumbents=(), expected_vacancy_on=LATER), "nobody_to_leave", "/incumbents"),
        (replace(REGISTER, expected_vacancy_on=TODAY), "vacancy_not_ahead", "/expected_vacancy_on"),
    ],
)
def test_a_post_that_cannot_be_is_refused(command: RegisterCriticalPost, code: str, field: str) -> None:
    when = given(post)

    with refused(code, field):
        when(command)


def test_the_same_id_with_other_details_is_refused() -> None:
    when = given(post, REGISTERED)

    with refused("post_exists", "/post_id"):
        when(replace(REGISTER, post_type="business_manager"))


def test_a_whole_post_is_vacated_by_everybody_who_would_hold_it_until_then() -> None:
    when = given(post, SHARED)

    assert when(VACATE) == [VACATED, replace(VACATED, person_id=BEN)]


def test_one_co_head_leaves() -> None:
    when = given(post, SHARED)

    assert when(replace(VACATE, person_id=BEN)) == [replace(VACATED, person_id=BEN)]


def test_a_vacancy_may_be_recorded_late() -> None:
    when = given(post, REGISTERED)
    gone = replace(VACATE, vacated_on=date(2026, 9, 1), reason="resignation")

    assert when(gone) == [replace(VACATED, vacated_on=date(2026, 9, 1), reason="resignation")]


def test_vacating_it_again_changes_nothing() -> None:
    when = given(post, REGISTERED, VACATED)

    assert when(VACATE) == []
    assert when(replace(VACATE, person_id=ADA)) == []
    assert given(post, REGISTERED, VACATED, FILLED)(replace(VACATE, person_id=ADA)) == []


def test_an_expected_vacancy_changes() -> None:
    when = given(post, REGISTERED, VACATED)

    assert when(replace(VACATE, vacated_on=SOON)) == [replace(VACATED, vacated_on=SOON)]
    assert when(replace(VACATE, reason="promotion")) == [replace(VACATED, reason="promotion")]
    assert when(replace(VACATE, person_id=ADA, vacated_on=date(2028, 1, 1))) == [
        replace(VACATED, vacated_on=date(2028, 1, 1))
    ]


def test_a_vacancy_is_not_put_off_past_whoever_follows() -> None:
    when = given(post, REGISTERED, VACATED, FILLED)

    with refused("share_above_whole", "/vacated_on"):
        when(replace(VACATE, person_id=ADA, vacated_on=LATER + timedelta(days=1)))


def test_who_is_to_follow_leaves_too_when_the_whole_post_is_vacated_later() -> None:
    when = given(post, REGISTERED, VACATED, FILLED)
    in_2028 = date(2028, 9, 1)

    assert when(replace(VACATE, vacated_on=in_2028)) == [replace(VACATED, person_id=CLEO, vacated_on=in_2028)]


@pytest.mark.parametrize(
    ("happened", "command", "code", "field"),
    [
        ([], VACATE, "post_unknown", "/post_id"),
        ([EMPTY], VACATE, "nobody_to_leave", "/vacated_on"),
        ([REGISTERED, VACATED], replace(VACATE, vacated_on=date(2028, 1, 1)), "nobody_to_leave", "/vacated_on"),
        ([REGISTERED], replace(VACATE, person_id=BEN), "not_incumbent", "/person_id"),
        (
            [REGISTERED],
            replace(VACATE, person_id=ADA, vacated_on=SINCE - timedelta(days=1)),
            "vacated_before_filled",
            "/vacated_on",
        ),
        (
            [REGISTERED, replace(VACATED, vacated_on=TODAY)],
            replace(VACATE, person_id=ADA),
            "already_left",
            "/person_id",
        ),
    ],
)
def test_a_vacancy_that_cannot_be_is_refused(
    happened: list[CriticalPostRegistered | PostVacated], command: VacatePost, code: str, field: str
) -> None:
    when = given(post, *happened)

    with refused(code, field):
        when(command)


def test_the_first_and_the_last_day_that_there_are_do_no_harm() -> None:
    when = given(post, REGISTERED)

    assert when(replace(VACATE, vacated_on=date.max)) == [replace(VACATED, vacated_on=date.max)]
    with refused("nobody_to_leave", "/vacated_on"):
        when(replace(VACATE, vacated_on=date.min))


def test_who_was_expected_to_leave_stays() -> None:
    assert given(post, REGISTERED, VACATED)(STAY) == [STAYS]
    assert given(post, REGISTERED, VACATED, STAYS)(STAY) == []
    assert given(post, REGISTERED)(STAY) == []
    assert given(post, REGISTERED, VACATED, STAYS)(VACATE) == [VACATED]


def test_who_has_left_does_not_stay() -> None:
    with refused("already_left", "/person_id"):
        given(post, REGISTERED, replace(VACATED, vacated_on=TODAY))(STAY)
    with refused("not_incumbent", "/person_id"):
        given(post, REGISTERED)(replace(STAY, person_id=BEN))
    with refused("post_unknown", "/post_id"):
        given(post)(STAY)


def test_who_would_stay_leaves_room_for_whoever_is_to_follow() -> None:
    when = given(post, REGISTERED, VACATED, FILLED)

    with refused("share_above_whole", "/person_id"):
        when(STAY)


def test_a_post_is_filled_from_the_day_on_which_it_is_expected_to_be_empty() -> None:
    when = given(post, REGISTERED, VACATED)

    assert when(FILL) == [FILLED]


def test_an_empty_post_is_filled_by_somebody_from_outside() -> None:
    when = given(post, EMPTY)
    outsider = replace(FILL, worked_at=frozenset(), source_urn="100001", filled_on=SOON)

    assert when(outsider) == [replace(FILLED, internal=False, source_urn="100001", filled_on=SOON)]
    assert when(replace(outsider, source_urn=None)) == [
        replace(FILLED, internal=False, source_urn=None, filled_on=SOON)
    ]


def test_where_somebody_comes_from_is_where_they_worked() -> None:
    when = given(post, EMPTY)
    in_two = replace(FILL, worked_at=frozenset({SCHOOL, ELSEWHERE}))

    assert when(in_two) == [replace(FILLED, source_urn=None)]
    assert when(replace(in_two, source_urn=SCHOOL)) == [replace(FILLED, source_urn=SCHOOL)]
    assert when(replace(FILL, worked_at=frozenset({None}))) == [replace(FILLED, source_urn=None)]
    with refused("source_not_theirs", "/source_urn"):
        when(replace(in_two, source_urn="100001"))


def test_co_heads_fill_the_rest_of_a_post() -> None:
    one_left = given(post, SHARED, replace(VACATED, person_id=BEN, vacated_on=SOON))

    assert one_left(replace(FILL, share_hundredths=40)) == [replace(FILLED, share_hundredths=40)]
    with refused("share_above_whole", "/share_hundredths"):
        one_left(replace(FILL, share_hundredths=41))


def test_a_post_is_not_filled_beside_its_head() -> None:
    with refused("share_above_whole", "/share_hundredths"):
        given(post, REGISTERED)(FILL)
    with refused("share_above_whole", "/share_hundredths"):
        given(post, REGISTERED, VACATED)(replace(FILL, filled_on=LATER - timedelta(days=1)))


def test_a_post_is_not_filled_before_somebody_who_is_to_have_it_all() -> None:
    when = given(post, EMPTY, FILLED)

    with refused("share_above_whole", "/share_hundredths"):
        when(replace(FILL, person_id=BEN, share_hundredths=10, filled_on=SOON))


def test_filling_it_again_changes_nothing() -> None:
    assert given(post, REGISTERED, VACATED, FILLED)(FILL) == []
    assert given(post, EMPTY, FILLED, replace(VACATED, person_id=CLEO, vacated_on=date(2028, 1, 1)))(FILL) == []


def test_who_holds_it_does_not_take_it_once_more() -> None:
    when = given(post, REGISTERED)

    with refused("already_incumbent", "/person_id"):
        when(replace(FILL, person_id=ADA))
    with refused("post_unknown", "/post_id"):
        given(post)(FILL)


def test_an_interim_head_is_confirmed() -> None:
    acting = replace(FILLED, interim=True, filled_on=SOON)
    when = given(post, EMPTY, acting)

    assert when(FILL) == [FILLED]
    assert [t.interim for t in held_on(LATER, EMPTY, acting, FILLED)] == [False]
    assert [t.interim for t in held_on(LATER - timedelta(days=1), EMPTY, acting, FILLED)] == [True]


def test_who_was_to_take_the_post_and_does_not_leaves_it_empty_and_may_be_asked_again() -> None:
    changed_their_mind = replace(VACATED, person_id=CLEO, vacated_on=LATER, reason="other")

    assert given(post, EMPTY, FILLED)(replace(VACATE, person_id=CLEO, reason="other")) == [changed_their_mind]
    assert held_on(LATER, EMPTY, FILLED, changed_their_mind) == ()
    assert given(post, EMPTY, FILLED, changed_their_mind)(FILL) == [FILLED]
    with refused("already_left", "/person_id"):
        given(post, EMPTY, FILLED, changed_their_mind)(replace(STAY, person_id=CLEO))


def test_who_did_not_take_the_post_may_be_named_for_it_again() -> None:
    changed_their_mind = replace(VACATED, person_id=CLEO, vacated_on=LATER, reason="other")
    named = replace(NOMINATED, nominated_on=TODAY)
    again = NominateSuccessor(post_id=ID, leader_id=CLEO, nominated_on=TODAY, leader_active=True, today=TODAY)

    assert given(post, EMPTY, FILLED, changed_their_mind)(again) == [named]


def test_of_two_shares_from_one_day_the_last_stands_and_may_be_left() -> None:
    part, more = replace(FILLED, share_hundredths=40), replace(FILLED, share_hundredths=60)
    left = replace(VACATED, person_id=CLEO, vacated_on=date(2028, 1, 1))

    assert given(post, EMPTY, part)(replace(FILL, share_hundredths=60)) == [more]
    assert [t.share_hundredths for t in held_on(LATER, EMPTY, part, more)] == [60]
    assert held_on(date(2028, 1, 1), EMPTY, part, more, left) == ()


def test_a_successor_who_takes_the_post_is_none_any_more() -> None:
    took_it = SuccessorRemoved(post_id=ID, leader_id=CLEO, removed_on=TODAY, reason="took_the_post")
    when = given(post, REGISTERED, VACATED, NOMINATED)

    assert when(FILL) == [FILLED, took_it]
    assert given(post, REGISTERED, VACATED, NOMINATED, FILLED, took_it)(FILL) == []


def test_a_successor_who_took_the_post_some_days_ago_is_none_since_then() -> None:
    when = given(post, EMPTY, NOMINATED)
    [_, ended] = when(replace(FILL, filled_on=date(2026, 11, 1)))
    [_, at_once] = when(replace(FILL, filled_on=date(2026, 1, 1)))

    assert ended == SuccessorRemoved(post_id=ID, leader_id=CLEO, removed_on=date(2026, 11, 1), reason="took_the_post")
    assert isinstance(at_once, SuccessorRemoved)
    assert at_once.removed_on == NOMINATED.nominated_on


def test_its_stream_is_named_by_its_id() -> None:
    assert post_stream(ID) == "post-00000000-0000-0000-0000-000000000001"


def held_on(day: date, *events: CriticalPostRegistered | PostVacated | PostFilled) -> Tenures:
    return holders_on(day, post.fold(events).tenures)


people = st.sampled_from([ADA, BEN, CLEO])
days = st.integers(-3, 3).map(lambda months: TODAY + timedelta(days=30 * months))
fillings = st.builds(
    replace,
    st.just(FILL),
    person_id=people,
    share_hundredths=st.sampled_from([40, 60, 100]),
    interim=st.booleans(),
    filled_on=days,
)
vacancies = st.builds(replace, st.just(VACATE), person_id=st.none() | people, vacated_on=days)
nominations = st.builds(
    NominateSuccessor,
    post_id=st.just(ID),
    leader_id=people,
    emergency_cover=st.booleans(),
    nominated_on=days,
    leader_active=st.booleans(),
    today=st.just(TODAY),
)
removals = st.builds(
    RemoveSuccessor,
    post_id=st.just(ID),
    leader_id=people,
    removed_on=days,
    reason=st.just("moved"),
    today=st.just(TODAY),
)
commands = st.one_of(
    st.sampled_from([REGISTER, replace(REGISTER, incumbents=CO_HEADS), replace(REGISTER, incumbents=())]),
    fillings,
    vacancies,
    st.builds(replace, st.just(STAY), person_id=people),
    nominations,
    removals,
)


@over(st.lists(commands, max_size=20))
def test_repeats_never_change_where_it_ends(sequence: list[PostCommand]) -> None:
    once, taken = after(post, [REGISTER, *sequence])

    assert after(post, twice_each([REGISTER, *sequence])) == (once, twice_each(taken))


@over(st.lists(commands, max_size=20))
def test_never_more_than_the_whole_post_is_held(sequence: list[PostCommand]) -> None:
    for state in whatever_stands(post, [replace(REGISTER, incumbents=()), *sequence]):
        assert most_held(state.tenures) <= WHOLE


@over(st.lists(commands, max_size=20))
def test_nobody_is_ever_their_own_successor(sequence: list[PostCommand]) -> None:
    sequence = [replace(REGISTER, incumbents=()), *sequence]
    before = [after(post, sequence[:length])[0] for length in range(len(sequence))]
    for state in (*before, *whatever_stands(post, sequence)):
        successors = {person for person in (ADA, BEN, CLEO) if state.succession.standing(person)}

        assert not {person for person in successors if is_incumbent_from(TODAY, person, state.tenures)}
