"""The demo fails loudly when the platform answers otherwise than planned, and is not fooled by its own retries."""

from __future__ import annotations

import re

import pytest

from deploy.demo.doors import Answer
from deploy.demo.half_term import half_term
from deploy.demo.plan import Saying
from deploy.demo.playing import check
from deploy.errors import Unmet


@pytest.fixture(scope="module")
def accepted() -> Saying:
    return next(half_term(1).taken("TrustAcknowledged"))


@pytest.fixture(scope="module")
def refused() -> Saying:
    return next(saying for saying in half_term(1).sayings() if saying.expects.code == "already_answered")


def test_the_planned_answer_is_fine(accepted: Saying, refused: Saying) -> None:
    check(accepted, Answer("accepted"))
    check(refused, Answer("refused", "already_answered", "/data/meeting_id"))


def test_another_answer_is_told_with_what_was_planned(refused: Saying) -> None:
    told = "planned was refused already_answered /data/meeting_id, the answer is accepted"

    with pytest.raises(Unmet, match=re.escape(told)):
        check(refused, Answer("accepted"))


@pytest.mark.parametrize(
    "answer",
    [Answer("refused", "not_answered", "/data/meeting_id"), Answer("refused", "already_answered", "/data/urn")],
)
def test_another_code_or_field_is_another_answer(refused: Saying, answer: Answer) -> None:
    with pytest.raises(Unmet):
        check(refused, answer)


def test_what_was_sent_again_may_be_known_already(accepted: Saying) -> None:
    check(accepted, Answer("duplicate", again=True))

    with pytest.raises(Unmet):
        check(accepted, Answer("duplicate"))


def test_a_mismatch_names_no_person_and_quotes_no_comment() -> None:
    plan = half_term(1)
    said = next(saying for saying in plan.taken("TrustResponseGiven"))

    with pytest.raises(Unmet) as unmet:
        check(said, Answer("refused", "not_answered"))

    assert not any(marker in str(unmet.value) for marker in plan.people.markers())
