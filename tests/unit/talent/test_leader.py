"""A leader's record: it is begun once, counts when somebody else stands behind it, and ends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.leader import (
    CloseLeaderRecord,
    DeclineNomination,
    Decliner,
    EndorseLeader,
    IdentifyLeader,
    InformLeader,
    Leader,
    LeaderCommand,
    LeaderEvent,
    ReopenLeaderRecord,
    check_active,
    is_active,
    is_open,
    leader,
    leader_stream,
)
from shared.contracts.talent.leaders import (
    LeaderEndorsed,
    LeaderIdentified,
    LeaderInformed,
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
    LeaderSource,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

ADA, HEAD, MANAGER = (UUID(int=n) for n in (1, 2, 3))
TODAY = date(2026, 11, 16)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

IDENTIFY = IdentifyLeader(
    person_id=ADA,
    urn="900001",
    identified_by=HEAD,
    source="nomination",
    potential_for=("head_of_school",),
    ambition="headship",
    evidence="Led the reading project across two schools.",
    identifier_known=True,
    is_member=True,
    has_left=False,
    today=TODAY,
)
IDENTIFIED = LeaderIdentified(
    leader_id=ADA,
    person_id=ADA,
    urn="900001",
    identified_by=HEAD,
    source="nomination",
    potential_for=("head_of_school",),
    ambition="headship",
    evidence="Led the reading project across two schools.",
)
BY_SELF = replace(IDENTIFIED, identified_by=ADA, source="self")
TYPED_IN = replace(IDENTIFIED, source="self")  # the person's own wish, as the head recorded it
ENDORSE = EndorseLeader(leader_id=ADA, endorsed_by=MANAGER, endorsed_on=TODAY, endorser_known=True, today=TODAY)
ENDORSED = LeaderEndorsed(leader_id=ADA, endorsed_by=MANAGER, endorsed_on=TODAY)
INFORM = InformLeader(leader_id=ADA, informed_by=HEAD, informed_on=TODAY, informer_known=True, today=TODAY)
INFORMED = LeaderInformed(leader_id=ADA, informed_by=HEAD, informed_on=TODAY)
DECLINE = DeclineNomination(
    leader_id=ADA, declined_by="person", declined_on=TODAY, reason="Not this year.", today=TODAY
)
DECLINED = LeaderNominationDeclined(leader_id=ADA, declined_by="person", declined_on=TODAY, reason="Not this year.")
CLOSE = CloseLeaderRecord(leader_id=ADA, closed_on=TODAY, reason="retired", today=TODAY)
CLOSED = LeaderRecordClosed(leader_id=ADA, closed_on=TODAY, reason="retired")
REOPEN = ReopenLeaderRecord(
    leader_id=ADA,
    reopened_by=HEAD,
    reopened_on=TODAY,
    reason="returned",
    reopener_known=True,
    has_left=False,
    today=TODAY,
)
REOPENED = LeaderRecordReopened(leader_id=ADA, reopened_by=HEAD, reopened_on=TODAY, reason="returned")


def after_events(*events: LeaderEvent) -> Leader:
    return leader.fold(events)


# Identifying


def test_somebody_is_identified_as_a_leader() -> None:
    when = given(leader)

    assert when(IDENTIFY) == [IDENTIFIED]


def test_the_person_may_have_been_told_before() -> None:
    when = given(leader)

    assert when(replace(IDENTIFY, informed_on=YESTERDAY)) == [replace(IDENTIFIED, informed_on=YESTERDAY)]


@pytest.mark.parametrize("again", [IDENTIFY, replace(IDENTIFY, ambition="trust", source="appraisal", evidence=None)])
def test_the_same_nomination_again_changes_nothing(again: IdentifyLeader) -> None:
    assert given(leader, IDENTIFIED)(again) == []
    assert given(leader, IDENTIFIED, ENDORSED)(again) == []


@pytest.mark.parametrize("begun", [IDENTIFIED, BY_SELF])
def test_a_second_nomination_of_an_open_record_is_asked_to_endorse_it(begun: LeaderIdentified) -> None:
    when = given(leader, begun)

    with refused("leader_already_identified", "/person_id"):
        when(replace(IDENTIFY, identified_by=MANAGER))


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(IDENTIFY, identifier_known=False), "person_unknown", "/identified_by"),
        (replace(IDENTIFY, has_left=True), "person_has_left", "/person_id"),
        (replace(IDENTIFY, is_member=False), "school_not_member", "/urn"),
        (replace(IDENTIFY, informed_on=TOMORROW), "in_the_future", "/informed_on"),
    ],
)
def test_a_nomination_that_cannot_be_is_refused(command: IdentifyLeader, code: str, field: str) -> None:
    when = given(leader)

    with refused(code, field):
        when(command)


@pytest.mark.parametrize("ended", [DECLINED, CLOSED])
def test_after_its_end_somebody_may_be_identified_anew(ended: LeaderEvent) -> None:
    when = given(leader, IDENTIFIED, ended)

    assert when(replace(IDENTIFY, identified_by=MANAGER)) == [replace(IDENTIFIED, identified_by=MANAGER)]


def test_a_new_record_knows_nothing_of_the_old_one() -> None:
    assert after_events(BY_SELF, ENDORSED, CLOSED, IDENTIFIED) == after_events(IDENTIFIED)


# What counts


@pytest.mark.parametrize(
    ("events", "active"),
    [
        ([], False),
        ([IDENTIFIED], True),
        ([BY_SELF], False),
        ([replace(BY_SELF, source="nomination")], False),  # whatever it is called, it is their own
        ([TYPED_IN], False),
        ([BY_SELF, ENDORSED], True),
        ([IDENTIFIED, DECLINED], False),
        ([IDENTIFIED, CLOSED], False),
        ([IDENTIFIED, CLOSED, REOPENED], True),
        ([IDENTIFIED, DECLINED, REOPENED], True),
        ([BY_SELF, ENDORSED, CLOSED, replace(REOPENED, reopened_by=ADA)], False),
        ([BY_SELF, ENDORSED, CLOSED, replace(REOPENED, reopened_by=ADA), ENDORSED], True),
    ],
)
def test_a_record_counts_when_somebody_else_stands_behind_it(*, events: list[LeaderEvent], active: bool) -> None:
    assert is_active(after_events(*events)) is active


def test_others_ask_for_an_active_record() -> None:
    check_active(after_events(IDENTIFIED))

    with refused("leader_not_active", "/leader_id"):
        check_active(after_events(BY_SELF))


@pytest.mark.parametrize(
    ("events", "informed"),
    [
        ([], False),
        ([IDENTIFIED], False),
        ([replace(IDENTIFIED, informed_on=YESTERDAY)], True),
        ([BY_SELF], True),
        ([TYPED_IN], True),
        ([IDENTIFIED, INFORMED], True),
        ([IDENTIFIED, INFORMED, CLOSED, REOPENED], True),
        ([IDENTIFIED, CLOSED, REOPENED], False),
        ([IDENTIFIED, CLOSED, replace(REOPENED, reopened_by=ADA)], True),
        ([IDENTIFIED, DECLINED], True),
        ([IDENTIFIED, replace(DECLINED, declined_by="trust")], False),
        ([IDENTIFIED, INFORMED, CLOSED, IDENTIFIED], False),
    ],
)
def test_it_is_known_whether_the_person_was_told(*, events: list[LeaderEvent], informed: bool) -> None:
    assert after_events(*events).informed is informed


# Endorsing


@pytest.mark.parametrize("begun", [IDENTIFIED, BY_SELF])
def test_a_record_is_endorsed(begun: LeaderIdentified) -> None:
    when = given(leader, begun)

    assert when(ENDORSE) == [ENDORSED]


def test_whoever_typed_in_somebodys_own_wish_may_endorse_it() -> None:
    when = given(leader, TYPED_IN)

    assert when(replace(ENDORSE, endorsed_by=HEAD)) == [replace(ENDORSED, endorsed_by=HEAD)]


def test_endorsing_again_changes_nothing() -> None:
    assert given(leader, BY_SELF, ENDORSED)(ENDORSE) == []
    assert given(leader, BY_SELF, ENDORSED)(replace(ENDORSE, endorsed_on=YESTERDAY)) == []
    assert given(leader, BY_SELF, ENDORSED, CLOSED)(ENDORSE) == []


def test_whoever_nominated_has_endorsed_already() -> None:
    when = given(leader, IDENTIFIED)

    assert when(replace(ENDORSE, endorsed_by=HEAD)) == []


@pytest.mark.parametrize(
    ("history", "command", "code", "field"),
    [
        ([BY_SELF], replace(ENDORSE, endorsed_by=ADA), "endorses_self", "/endorsed_by"),
        ([IDENTIFIED], replace(ENDORSE, endorsed_by=ADA), "endorses_self", "/endorsed_by"),
        ([BY_SELF], replace(ENDORSE, endorser_known=False), "person_unknown", "/endorsed_by"),
        ([BY_SELF], replace(ENDORSE, endorsed_on=TOMORROW), "in_the_future", "/endorsed_on"),
        ([], ENDORSE, "leader_unknown", "/leader_id"),
        ([IDENTIFIED, DECLINED], ENDORSE, "leader_record_not_open", "/leader_id"),
    ],
)
def test_an_endorsement_that_cannot_be_is_refused(
    history: list[LeaderEvent], command: EndorseLeader, code: str, field: str
) -> None:
    when = given(leader, *history)

    with refused(code, field):
        when(command)


# Informing


def test_the_person_is_told() -> None:
    when = given(leader, IDENTIFIED)

    assert when(INFORM) == [INFORMED]


@pytest.mark.parametrize("known", [INFORMED, replace(IDENTIFIED, informed_on=YESTERDAY), BY_SELF])
def test_telling_somebody_who_knows_changes_nothing(known: LeaderEvent) -> None:
    when = given(leader, IDENTIFIED, known)

    assert when(replace(INFORM, informed_on=YESTERDAY)) == []


@pytest.mark.parametrize(
    ("history", "command", "code", "field"),
    [
        ([IDENTIFIED], replace(INFORM, informer_known=False), "person_unknown", "/informed_by"),
        ([IDENTIFIED], replace(INFORM, informed_on=TOMORROW), "in_the_future", "/informed_on"),
        ([], INFORM, "leader_unknown", "/leader_id"),
        ([IDENTIFIED, CLOSED], INFORM, "leader_record_not_open", "/leader_id"),
    ],
)
def test_telling_that_cannot_be_is_refused(
    history: list[LeaderEvent], command: InformLeader, code: str, field: str
) -> None:
    when = given(leader, *history)

    with refused(code, field):
        when(command)


# Ending


@pytest.mark.parametrize("by", get_args(Decliner))
def test_a_nomination_is_declined(by: Decliner) -> None:
    when = given(leader, IDENTIFIED)

    [declined] = when(replace(DECLINE, declined_by=by))

    assert declined == replace(DECLINED, declined_by=by)


def test_declining_again_changes_nothing() -> None:
    when = given(leader, IDENTIFIED, DECLINED)

    assert when(DECLINE) == []
    assert when(replace(DECLINE, reason=None)) == []


def test_a_record_is_closed() -> None:
    when = given(leader, IDENTIFIED)

    assert when(CLOSE) == [CLOSED]


def test_closing_again_changes_nothing() -> None:
    when = given(leader, IDENTIFIED, CLOSED)

    assert when(CLOSE) == []


@pytest.mark.parametrize(
    ("history", "command", "code", "field"),
    [
        ([], DECLINE, "leader_unknown", "/leader_id"),
        ([IDENTIFIED, DECLINED], replace(DECLINE, declined_by="trust"), "leader_record_not_open", "/leader_id"),
        ([IDENTIFIED, CLOSED], DECLINE, "leader_record_not_open", "/leader_id"),
        ([IDENTIFIED], replace(DECLINE, declined_on=TOMORROW), "in_the_future", "/declined_on"),
        ([], CLOSE, "leader_unknown", "/leader_id"),
        ([IDENTIFIED, CLOSED], replace(CLOSE, reason="promoted"), "leader_record_not_open", "/leader_id"),
        ([IDENTIFIED, DECLINED], CLOSE, "leader_record_not_open", "/leader_id"),
        ([IDENTIFIED], replace(CLOSE, closed_on=TOMORROW), "in_the_future", "/closed_on"),
    ],
)
def test_an_ending_that_cannot_be_is_refused(
    history: list[LeaderEvent], command: LeaderCommand, code: str, field: str
) -> None:
    when = given(leader, *history)

    with refused(code, field):
        when(command)


# Reopening


@pytest.mark.parametrize("ended", [DECLINED, CLOSED])
def test_an_ended_record_is_reopened(ended: LeaderEvent) -> None:
    when = given(leader, IDENTIFIED, ended)

    assert when(REOPEN) == [REOPENED]


def test_reopening_an_open_record_changes_nothing() -> None:
    assert given(leader, IDENTIFIED, CLOSED, REOPENED)(REOPEN) == []
    assert given(leader, IDENTIFIED)(REOPEN) == []


@pytest.mark.parametrize(
    ("history", "command", "code", "field"),
    [
        ([], REOPEN, "leader_unknown", "/leader_id"),
        ([IDENTIFIED, CLOSED], replace(REOPEN, reopener_known=False), "person_unknown", "/reopened_by"),
        ([IDENTIFIED, CLOSED], replace(REOPEN, has_left=True), "person_has_left", "/leader_id"),
        ([IDENTIFIED, CLOSED], replace(REOPEN, reopened_on=TOMORROW), "in_the_future", "/reopened_on"),
        ([IDENTIFIED, CLOSED], replace(REOPEN, reopened_on=YESTERDAY), "reopened_before_it_ended", "/reopened_on"),
    ],
)
def test_a_reopening_that_cannot_be_is_refused(
    history: list[LeaderEvent], command: ReopenLeaderRecord, code: str, field: str
) -> None:
    when = given(leader, *history)

    with refused(code, field):
        when(command)


# Always


def test_no_personal_text_stays_in_the_state() -> None:
    state = repr(after_events(IDENTIFIED, DECLINED))

    assert str(IDENTIFIED.evidence) not in state
    assert str(DECLINED.reason) not in state


def test_its_stream_is_named_for_the_person() -> None:
    assert leader_stream(ADA) == f"leader-{ADA}"


PEOPLE = st.sampled_from([ADA, HEAD, MANAGER])
DAYS = st.sampled_from([YESTERDAY, TODAY])
SOURCES: list[LeaderSource] = ["nomination", "self"]
openings = st.one_of(
    st.builds(replace, st.just(IDENTIFY), identified_by=PEOPLE, source=st.sampled_from(SOURCES)),
    st.builds(replace, st.just(REOPEN), reopened_by=PEOPLE),
)
support = st.one_of(
    st.builds(replace, st.just(ENDORSE), endorsed_by=PEOPLE),
    st.builds(replace, st.just(INFORM), informed_by=PEOPLE),
)
endings = st.one_of(
    st.builds(replace, st.just(DECLINE), declined_on=DAYS, declined_by=st.sampled_from(get_args(Decliner))),
    st.builds(replace, st.just(CLOSE), closed_on=DAYS),
)
sequences = st.lists(st.one_of(openings, support, endings), max_size=16)


@over(sequences)
def test_repeats_never_change_where_it_ends(commands: list[LeaderCommand]) -> None:
    once, taken = after(leader, commands)

    assert after(leader, twice_each(commands)) == (once, twice_each(taken))


@over(st.lists(st.one_of(openings, support), max_size=16))
def test_while_it_is_open_a_late_repeat_changes_nothing(commands: list[LeaderCommand]) -> None:
    state, taken = after(leader, commands)

    assert events_of(leader, taken, state) == []


@over(sequences)
def test_a_record_is_opened_and_ended_in_turn(commands: list[LeaderCommand]) -> None:
    opened = False
    for event in _history(commands):
        opens = isinstance(event, LeaderIdentified | LeaderRecordReopened)
        ends = isinstance(event, LeaderNominationDeclined | LeaderRecordClosed)
        assert (opens and not opened) or (not opens and opened)
        opened = opens or (opened and not ends)


@over(sequences)
def test_nobody_makes_their_own_record_count(commands: list[LeaderCommand]) -> None:
    stood_behind = False
    for number, event in enumerate(history := _history(commands), start=1):
        match event:
            case LeaderIdentified():
                stood_behind = event.source != "self" and event.identified_by != ADA
            case LeaderRecordReopened():
                stood_behind = event.reopened_by != ADA
            case LeaderEndorsed():
                assert event.endorsed_by != ADA
                stood_behind = True
            case _:
                pass
        state = after_events(*history[:number])
        assert is_active(state) == (is_open(state) and stood_behind)


def _history(commands: Sequence[LeaderCommand]) -> list[LeaderEvent]:
    _, taken = after(leader, commands)
    history: list[LeaderEvent] = []
    for command in taken:
        history += leader.decide(command, leader.fold(history))
    return history
