"""How records are put right: what may be voided, what stands in the way, what goes with it; and deciding without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest

from services.talent.domain.person import person, person_stream
from shared.contracts import codec
from shared.contracts.bookkeeping import RecordVoided
from shared.contracts.collaboration.capacity import CapacityRequested, CapacityRequestWithdrawn
from shared.contracts.collaboration.coaching import CoachingEnded, CoachingPaired
from shared.contracts.cpd.compliance import StatutoryTrainingCompleted, StatutoryTrainingLapsed
from shared.contracts.cpd.qualifications import QualificationEnrolled, QualificationResumed, QualificationWithdrawn
from shared.contracts.envelope import Envelope
from shared.contracts.talent.bookkeeping import ReactionRefused
from shared.contracts.talent.bookkeeping import RecordVoided as Voided
from shared.contracts.talent.careers import EctInductionResumed, EctProgressReviewed
from shared.contracts.talent.deployments import DeploymentEnded, LeaderDeployed
from shared.contracts.talent.posts import PostFilled, PostVacancyWithdrawn, PostVacated, SuccessorNominated
from shared.contracts.talent.register import (
    EngagementEnded,
    EngagementStarted,
    PersonRegistered,
    PersonsMerged,
    SchoolJoinedTrust,
    SchoolLeftTrust,
)
from shared.contracts.talent.roles import RoleDesignated, RoleDesignationWithdrawn
from shared.decider import AnyDecider
from shared.documents.streams import streams_of
from shared.eventstore import CommandKey, Context, Recorded, States
from shared.eventstore.store import Stream
from shared.intake.claims import Taken
from shared.intake.voiding import Voiding, taken, voiding
from tests.support.voided import PUTTING_RIGHT, numbered
from tests.unit.given import refused

ADA, BEN, TEACHING, GOVERNING = UUID(int=1), UUID(int=2), UUID(int=11), UUID(int=12)
HERE, THERE, TRUST = "900001", "900002", "99001"
STREAM = person_stream(ADA)
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
REGISTERED = PersonRegistered(person_id=ADA, trustuid=TRUST, source="mis", staff_ref="S1", name="sealed:1")


def started(engagement_id: UUID, urn: str = HERE) -> EngagementStarted:
    return EngagementStarted(
        person_id=ADA,
        engagement_id=engagement_id,
        urn=urn,
        kind="permanent",
        role="teacher",
        fte_hundredths=50,
        started_on=date(2024, 9, 1),
    )


def ended(engagement_id: UUID) -> EngagementEnded:
    return EngagementEnded(person_id=ADA, engagement_id=engagement_id, ended_on=date(2026, 8, 31))


def voided(version: int, kind: type[Any] = EngagementStarted) -> Voided:
    return Voided(
        event_id=UUID(int=version),
        event_type=codec.type_names_of(kind)[-1],
        version=version,
        reason="sealed:It was wrong.",
    )


def states(*events: Any, reads: Mapping[str, AnyDecider] | None = None) -> States:
    """What a decision on one stream sees; the events' ids are their versions."""
    recorded = [_recorded(event, version) for version, event in enumerate(events, start=1)]
    return States(NOW, reads or {}, {STREAM: Stream(len(recorded), b"", recorded)})


def _recorded(event: Any, version: int) -> Recorded:
    envelope = Envelope(
        id=UUID(int=version),
        type=codec.type_name(event),
        service="talent",
        stream=STREAM,
        version=version,
        time=NOW,
        happened_at=NOW,
        trustuid=TRUST,
        actor="somebody",
        correlation_id="story",
    )
    record = codec.adapter(type(event)).dump_json(event, exclude_none=True)
    return Recorded(codec.type_name(event), envelope.meta(), record, b"")


def void(*versions: int, urns: frozenset[str] | None = None, of: States, said: Sequence[Taken] = ()) -> list[Any]:
    """What voiding these comes to."""
    context = Context(CommandKey(TRUST, "test", "1"), TRUST, "somebody", b"", "story", urns=urns, happened_at=NOW)
    if len(versions) > 1:
        ids = [UUID(int=version) for version in versions]
        act = voiding(PUTTING_RIGHT["talent"], STREAM, ids, "It was wrong.", context, lambda _: None)
    else:
        command = Voiding(stream=STREAM, event_id=UUID(int=versions[0]), reason="It was wrong.")
        act = taken(PUTTING_RIGHT["talent"], said)[2].to_act(command, context)
    return list(act.decide(of)[STREAM])


# Deciding without what is void


def test_what_is_void_is_not_folded_and_stays_in_history() -> None:
    seen = states(REGISTERED, started(TEACHING), started(GOVERNING), voided(2), reads={STREAM: person})

    assert seen[STREAM] == person.fold([REGISTERED, started(GOVERNING)])
    assert [recorded.event() for recorded in seen.history(STREAM)] == [REGISTERED, started(GOVERNING)]
    assert len(seen.recorded(STREAM)) == 4


def test_without_a_voiding_the_events_are_handed_on_as_they_are() -> None:
    stream = Stream(1, b"", [_recorded(REGISTERED, 1)])

    assert stream.standing is stream.events


# Voiding


def test_a_record_is_voided() -> None:
    seen = states(REGISTERED, started(TEACHING))

    [event] = void(2, of=seen)

    assert event == Voided(
        event_id=UUID(int=2),
        event_type="uk.mat.talent.EngagementStarted.v1",
        version=2,
        reason="It was wrong.",
    )


def test_it_happened_now_whatever_the_sender_says() -> None:
    context = Context(CommandKey(TRUST, "test", "1"), TRUST, "somebody", b"", "story", happened_at=NOW)
    command = Voiding(stream=STREAM, event_id=ADA, reason="It was wrong.")

    assert taken(PUTTING_RIGHT["talent"], ())[2].to_act(command, context).context.happened_at is None


def test_what_is_void_already_stays_so() -> None:
    assert void(2, of=states(REGISTERED, started(TEACHING), voided(2))) == []


def test_what_is_not_there_cannot_be_voided() -> None:
    with refused("record_unknown", "/event_id"):
        void(3, of=states(REGISTERED, started(TEACHING)))


@pytest.mark.parametrize(
    "event",
    [
        PersonsMerged(person_id=ADA, into_person_id=GOVERNING, reason="duplicate"),
        voided(2),
        ReactionRefused(reaction="a", fact_id=ADA, fact_type="b", target="c", code="d", message="e"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_has_a_way_of_its_own_says_which(event: Any) -> None:
    with refused("put_right_otherwise", "/event_id"):
        void(3, of=states(REGISTERED, started(TEACHING), event))


def test_what_others_rest_on_stays() -> None:
    seen = states(REGISTERED, started(TEACHING), started(GOVERNING), ended(TEACHING))

    with refused("others_rest_on_it", "/event_id"):
        void(2, of=seen)
    assert [event.version for event in void(3, of=seen)] == [3]


def test_what_rested_on_it_and_is_void_stands_in_nobodys_way() -> None:
    seen = states(REGISTERED, started(TEACHING), ended(TEACHING), voided(3, EngagementEnded))

    assert [event.version for event in void(2, of=seen)] == [2]


def test_several_are_voided_the_latest_first() -> None:
    seen = states(REGISTERED, started(TEACHING), ended(TEACHING))

    assert [event.version for event in void(2, 3, of=seen)] == [3, 2]


def test_a_school_voids_what_it_may_say_itself_of_itself() -> None:
    says: list[Any] = [(EngagementStarted, "", taken(PUTTING_RIGHT["talent"], ())[2])]
    seen = states(REGISTERED, started(TEACHING), started(GOVERNING, THERE), ended(GOVERNING))

    assert len(void(2, urns=frozenset({HERE}), of=seen, said=says)) == 1
    for version in (1, 3, 4):  # names no school, names another one, names none
        with refused("not_your_school", "/event_id"):
            void(version, urns=frozenset({HERE}), of=seen, said=says)
    with refused("not_your_school", "/event_id"):
        void(2, urns=frozenset({HERE}), of=seen)  # what only the trust says


def test_what_follows_by_itself_goes_with_it() -> None:
    completed = StatutoryTrainingCompleted(
        person_id=ADA, trustuid=TRUST, training="fire", completed_on=date(2024, 9, 1), dated_by="nobody_yet"
    )
    lapsed = StatutoryTrainingLapsed(
        person_id=ADA, training="fire", completed_on=date(2024, 9, 1), lapsed_on=date(2025, 9, 2)
    )
    told = numbered([completed, lapsed])

    assert PUTTING_RIGHT["cpd"].gone_with(told[0], told) == told
    with refused("put_right_otherwise", "/event_id"):
        PUTTING_RIGHT["cpd"].gone_with(told[1], told)
    assert PUTTING_RIGHT["cpd"].gone_with(told[1], told, by_people=False) == [told[1]]


# What made room for something, something may have found


def _of(kind: type[Any], **about: Any) -> Any:
    """An event of which only this matters."""
    event = object.__new__(kind)
    for name, value in about.items():
        object.__setattr__(event, name, value)
    return event


@pytest.mark.parametrize(
    ("service", "wrong", "later"),
    [
        ("talent", _of(PostVacated, person_id=ADA), _of(PostFilled, person_id=BEN)),
        ("talent", _of(PostFilled, person_id=ADA), _of(PostFilled, person_id=BEN)),
        ("talent", _of(PostVacated, person_id=ADA), _of(PostVacancyWithdrawn, person_id=BEN)),
        ("talent", _of(PostVacated, person_id=ADA), _of(SuccessorNominated, leader_id=ADA)),
        ("talent", _of(DeploymentEnded, deployment_id=ADA), _of(LeaderDeployed, deployment_id=BEN)),
        ("talent", _of(RoleDesignationWithdrawn, scheme="sle"), _of(RoleDesignated, scheme="sle")),
        ("talent", _of(SchoolLeftTrust), _of(SchoolJoinedTrust)),
        ("talent", _of(EctInductionResumed), _of(EctProgressReviewed)),
        ("cpd", _of(QualificationWithdrawn, enrolment_id=ADA), _of(QualificationEnrolled, enrolment_id=BEN)),
        ("cpd", _of(QualificationWithdrawn, enrolment_id=ADA), _of(QualificationResumed, enrolment_id=BEN)),
        ("collaboration", _of(CoachingEnded, pairing_id=ADA), _of(CoachingPaired, pairing_id=BEN)),
        ("collaboration", _of(CapacityRequestWithdrawn, request_id=ADA), _of(CapacityRequested, request_id=ADA)),
    ],
    ids=lambda about: about if isinstance(about, str) else type(about).__name__,
)
def test_what_may_have_found_the_room_that_a_record_made_rests_on_it(service: str, wrong: Any, later: Any) -> None:
    told = numbered([wrong, later])

    with refused("others_rest_on_it", "/event_id"):
        PUTTING_RIGHT[service].gone_with(told[0], told)


# The tables


@pytest.mark.parametrize("service", PUTTING_RIGHT)
def test_every_kind_of_record_says_what_it_rests_on(service: str) -> None:
    right = PUTTING_RIGHT[service]

    assert right.rests.keys() == set(codec.contracts[service].types.values())
    assert right.rests.keys() >= {*right.otherwise, *right.follow}
    assert codec.contracts[service].types[f"uk.mat.{service}.RecordVoided.v1"] is right.voided
    assert issubclass(right.voided, RecordVoided)


@pytest.mark.parametrize("service", PUTTING_RIGHT)
def test_what_a_kind_rests_on_has_the_fields_that_are_compared(service: str) -> None:
    for later, ons in PUTTING_RIGHT[service].rests.items():
        for on in ons:
            assert set(on.kinds) <= PUTTING_RIGHT[service].rests.keys()
            for kind in on.kinds if on.by else ():
                assert on.by in {field.name for field in fields(kind)}
                assert (on.named or on.by) in {field.name for field in fields(later)}


@pytest.mark.parametrize("service", PUTTING_RIGHT)
def test_what_a_kind_rests_on_stands_in_its_own_stream(service: str) -> None:
    streams = streams_of(import_module(f"services.{service}.domain"))
    apart = {
        (later.__name__, kind.__name__)
        for later, ons in PUTTING_RIGHT[service].rests.items()
        for on in ons
        for kind in on.kinds
        if streams[later] != streams[kind]
    }

    assert apart == set()


@pytest.mark.parametrize("service", PUTTING_RIGHT)
def test_a_way_of_its_own_is_said_in_a_sentence(service: str) -> None:
    for way in PUTTING_RIGHT[service].otherwise.values():
        assert way[0].isupper()
        assert way.endswith(".")
