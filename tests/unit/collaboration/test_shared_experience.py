"""Schools tell each other of successes and challenges."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.shared_experience import (
    ExperienceCommand,
    RaiseChallenge,
    ShareSuccess,
    shared_experience,
    shared_experience_stream,
)
from services.collaboration.domain.times import Timed
from shared.contracts.collaboration.support import ChallengeRaised, SuccessShared
from tests.unit.collaboration.facts import ITEM, NOW, OAK, TRUST
from tests.unit.collaboration.properties import assert_late_repeats_change_nothing, assert_repeats_change_nothing
from tests.unit.given import given, refused

SHARE = ShareSuccess(success_id=ITEM, trustuid=TRUST, urn=OAK, theme="phonics", text="All read.", shared_at=NOW)
SHARED = SuccessShared(success_id=ITEM, trustuid=TRUST, urn=OAK, theme="phonics", text="All read.", shared_at=NOW)
RAISE = RaiseChallenge(challenge_id=ITEM, trustuid=TRUST, urn=OAK, theme="attendance", text="Mondays.", raised_at=NOW)
RAISED = ChallengeRaised(challenge_id=ITEM, trustuid=TRUST, urn=OAK, theme="attendance", text="Mondays.", raised_at=NOW)
LATER = NOW + timedelta(hours=1)


def at(command: ExperienceCommand) -> Timed[ExperienceCommand]:
    return Timed(command, NOW)


def test_a_success_is_shared_and_a_challenge_is_raised() -> None:
    when = given(shared_experience)

    assert when(at(SHARE)) == [SHARED]
    assert when(at(RAISE)) == [RAISED]


def test_telling_it_again_changes_nothing() -> None:
    assert given(shared_experience, SHARED)(at(SHARE)) == []
    assert given(shared_experience, RAISED)(at(RAISE)) == []


def test_an_id_tells_one_thing() -> None:
    with refused("experience_exists", "/success_id"):
        given(shared_experience, SHARED)(at(replace(SHARE, theme="writing")))
    with refused("experience_exists", "/challenge_id"):
        given(shared_experience, SHARED)(at(RAISE))


def test_nothing_is_told_of_the_future() -> None:
    with refused("in_the_future", "/shared_at"):
        given(shared_experience)(at(replace(SHARE, shared_at=LATER)))
    with refused("in_the_future", "/raised_at"):
        given(shared_experience)(at(replace(RAISE, raised_at=LATER)))


def test_what_is_told_is_in_no_state() -> None:
    assert "All read" not in repr(shared_experience.fold([SHARED]))


def test_its_stream_is_named_by_its_id() -> None:
    assert shared_experience_stream(ITEM) == f"shared-experience-{ITEM}"


TIMES = st.sampled_from([NOW, LATER])
COMMANDS: st.SearchStrategy[list[Timed[ExperienceCommand]]] = st.lists(
    (
        st.builds(replace, st.just(SHARE), theme=st.sampled_from(["phonics", "writing"]), shared_at=TIMES)
        | st.builds(replace, st.just(RAISE), raised_at=TIMES)
    ).map(at),
    max_size=10,
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[Timed[ExperienceCommand]]) -> None:
    assert_repeats_change_nothing(shared_experience, commands)
    assert_late_repeats_change_nothing(shared_experience, commands)
