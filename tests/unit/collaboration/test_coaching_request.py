"""A wish to be coached is answered once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.coaching_request import (
    AnswerCoachingRequest,
    CoachingRequestCommand,
    CoachingRequestEvent,
    RequestCoaching,
    WithdrawCoachingRequest,
    coaching_request,
)
from services.collaboration.domain.days import Dated
from shared.contracts.collaboration.coaching import (
    CoachingRequestAnswered,
    CoachingRequested,
    CoachingRequestWithdrawn,
)
from tests.unit.collaboration.test_coach import ANN, BEA, CAI, OAK, TODAY, TRUST, some
from tests.unit.given import given, refused
from tests.unit.repeats import twice_each, whatever_stands

WISH = RequestCoaching(
    request_id=some("wish"), trustuid=TRUST, urn=OAK, person_id=BEA, kind="coach", from_on=date(2026, 9, 1)
)
WISHED = CoachingRequested(
    request_id=some("wish"), trustuid=TRUST, urn=OAK, person_id=BEA, kind="coach", from_on=date(2026, 9, 1)
)
WITHDRAW = WithdrawCoachingRequest(request_id=WISH.request_id, withdrawn_on=TODAY)
WITHDRAWN = CoachingRequestWithdrawn(request_id=WISH.request_id, person_id=BEA, urn=OAK, withdrawn_on=TODAY)
ANSWER = AnswerCoachingRequest(request_id=WISH.request_id, pairing_id=ANN, kind="coach", coachee_ids=(BEA,))
ANSWERED = CoachingRequestAnswered(request_id=WISH.request_id, person_id=BEA, urn=OAK, pairing_id=ANN)


def on(command: CoachingRequestCommand) -> Dated[CoachingRequestCommand]:
    return Dated(command, TODAY)


@pytest.mark.parametrize(
    ("happened", "command", "expected"),
    [
        ((), WISH, [WISHED]),
        ((WISHED,), WISH, []),
        ((WISHED,), WITHDRAW, [WITHDRAWN]),
        ((WISHED, WITHDRAWN), WITHDRAW, []),
        ((WISHED,), ANSWER, [ANSWERED]),
        ((WISHED, ANSWERED), ANSWER, []),
    ],
)
def test_it_happens_once(
    happened: tuple[CoachingRequestEvent, ...], command: CoachingRequestCommand, expected: list[CoachingRequestEvent]
) -> None:
    assert given(coaching_request, *happened)(on(command)) == expected


@pytest.mark.parametrize(
    ("happened", "command", "code", "field"),
    [
        ((WISHED,), replace(WISH, kind="mentor"), "coaching_request_exists", "/request_id"),
        ((), replace(WISH, to_on=date(2026, 8, 1)), "ends_before_it_starts", "/to_on"),
        ((), WITHDRAW, "coaching_request_unknown", "/request_id"),
        ((WISHED, ANSWERED), WITHDRAW, "coaching_request_answered", "/request_id"),
        ((WISHED,), replace(WITHDRAW, withdrawn_on=TODAY + timedelta(days=1)), "in_the_future", "/withdrawn_on"),
        ((), ANSWER, "coaching_request_unknown", "/request_id"),
        ((WISHED, ANSWERED), replace(ANSWER, pairing_id=CAI), "coaching_request_answered", "/request_id"),
        ((WISHED, WITHDRAWN), ANSWER, "coaching_request_withdrawn", "/request_id"),
        ((WISHED,), replace(ANSWER, kind="mentor"), "other_than_wished", "/request_id"),
        ((WISHED,), replace(ANSWER, coachee_ids=(CAI,)), "other_than_wished", "/request_id"),
    ],
)
def test_it_is_refused(
    happened: tuple[CoachingRequestEvent, ...], command: CoachingRequestCommand, code: str, field: str
) -> None:
    with refused(code, field):
        given(coaching_request, *happened)(on(command))


@over(st.lists(st.sampled_from([WISH, WITHDRAW, ANSWER, replace(ANSWER, pairing_id=CAI)]), max_size=8))
def test_repeats_never_change_where_it_ends(commands: list[CoachingRequestCommand]) -> None:
    asked = [on(command) for command in commands]
    [once, *_], [twice, *_] = (
        whatever_stands(coaching_request, asked),
        whatever_stands(coaching_request, twice_each(asked)),
    )

    assert once == twice
