"""A request for daily help is asked, answered and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.support_request import (
    AnswerSupportRequest,
    CloseSupportRequest,
    RequestSupport,
    SupportCommand,
    support_request,
    support_request_stream,
)
from services.collaboration.domain.times import SKEW, Timed
from shared.contracts.collaboration.support import SupportRequestAnswered, SupportRequestClosed, SupportRequested
from tests.unit.collaboration.facts import HELD_AT, ITEM, NOW, OAK, TRUST
from tests.unit.collaboration.properties import assert_late_repeats_change_nothing, assert_repeats_change_nothing
from tests.unit.given import given, refused

ASK = RequestSupport(
    request_id=ITEM, trustuid=TRUST, urn=OAK, kind="site", request="The boiler is out.", opened_at=HELD_AT
)
ASKED = SupportRequested(
    request_id=ITEM, trustuid=TRUST, urn=OAK, kind="site", request="The boiler is out.", opened_at=HELD_AT
)
ANSWER = AnswerSupportRequest(request_id=ITEM, answer="A fitter comes at noon.", by="ops-1", answered_at=NOW)
ANSWERED = SupportRequestAnswered(
    request_id=ITEM, urn=OAK, answer="A fitter comes at noon.", by="ops-1", answered_at=NOW
)
CLOSE = CloseSupportRequest(request_id=ITEM, closed_at=NOW)
CLOSED = SupportRequestClosed(request_id=ITEM, urn=OAK, closed_at=NOW)
BEFORE = HELD_AT - timedelta(minutes=1)


def at(command: SupportCommand) -> Timed[SupportCommand]:
    return Timed(command, NOW)


def test_a_school_asks() -> None:
    assert given(support_request)(at(ASK)) == [ASKED]


def test_asking_again_changes_nothing() -> None:
    assert given(support_request, ASKED)(at(ASK)) == []
    assert given(support_request, ASKED, ANSWERED, CLOSED)(at(ASK)) == []


def test_another_request_has_an_id_of_its_own() -> None:
    with refused("support_request_exists", "/request_id"):
        given(support_request, ASKED)(at(replace(ASK, kind="hr")))


def test_a_schools_clock_may_be_a_little_ahead_and_no_more() -> None:
    when = given(support_request)

    assert when(at(replace(ASK, opened_at=NOW + SKEW)))
    with refused("in_the_future", "/opened_at"):
        when(at(replace(ASK, opened_at=NOW + SKEW + timedelta(seconds=1))))


def test_the_trust_answers_more_than_once() -> None:
    again = replace(ANSWER, answer="It is repaired.", by="ops-2")

    assert given(support_request, ASKED)(at(ANSWER)) == [ANSWERED]
    assert given(support_request, ASKED, ANSWERED)(at(again)) == [
        replace(ANSWERED, answer="It is repaired.", by="ops-2")
    ]


def test_answering_it_again_changes_nothing() -> None:
    assert given(support_request, ASKED, ANSWERED, CLOSED)(at(ANSWER)) == []


def test_a_request_is_closed_with_or_without_an_answer() -> None:
    assert given(support_request, ASKED)(at(CLOSE)) == [CLOSED]
    assert given(support_request, ASKED, ANSWERED)(at(CLOSE)) == [CLOSED]


def test_closing_it_again_changes_nothing() -> None:
    assert given(support_request, ASKED, CLOSED)(at(CLOSE)) == []


def test_a_closed_request_is_done_with() -> None:
    when = given(support_request, ASKED, CLOSED)

    with refused("support_request_closed", "/request_id"):
        when(at(ANSWER))
    with refused("support_request_closed", "/request_id"):
        when(at(replace(CLOSE, closed_at=HELD_AT)))


def test_what_was_not_asked_is_not_answered_or_closed() -> None:
    when = given(support_request)

    with refused("support_request_unknown", "/request_id"):
        when(at(ANSWER))
    with refused("support_request_unknown", "/request_id"):
        when(at(CLOSE))


def test_answers_and_closing_come_after_the_request_and_not_in_the_future() -> None:
    when = given(support_request, ASKED)

    assert when(at(replace(ANSWER, answered_at=HELD_AT)))
    with refused("before_support_was_requested", "/answered_at"):
        when(at(replace(ANSWER, answered_at=BEFORE)))
    with refused("before_support_was_requested", "/closed_at"):
        when(at(replace(CLOSE, closed_at=BEFORE)))
    with refused("in_the_future", "/answered_at"):
        when(at(replace(ANSWER, answered_at=NOW + timedelta(hours=1))))
    with refused("in_the_future", "/closed_at"):
        when(at(replace(CLOSE, closed_at=NOW + timedelta(hours=1))))


def test_what_is_asked_and_answered_is_in_no_state() -> None:
    state = repr(support_request.fold([ASKED, ANSWERED]))

    assert "boiler" not in state
    assert "fitter" not in state


def test_its_stream_is_named_by_its_id() -> None:
    assert support_request_stream(ITEM) == f"support-request-{ITEM}"


TIMES = st.sampled_from([BEFORE, HELD_AT, NOW, NOW + timedelta(hours=1)])
COMMANDS: st.SearchStrategy[list[Timed[SupportCommand]]] = st.lists(
    (
        st.builds(replace, st.just(ASK), opened_at=TIMES)
        | st.builds(replace, st.just(ANSWER), answered_at=TIMES, by=st.sampled_from(["ops-1", "ops-2"]))
        | st.builds(replace, st.just(CLOSE), closed_at=TIMES)
    ).map(at),
    max_size=12,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Timed[SupportCommand]]) -> None:
    assert_repeats_change_nothing(support_request, commands)
    assert_late_repeats_change_nothing(support_request, commands)
