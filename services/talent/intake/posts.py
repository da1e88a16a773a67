"""Claims about critical posts: the trust says which there are and who could follow, a school too who comes and goes.

Whether somebody comes from within the trust is not claimed: it is read from their engagements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.talent.domain.leader import is_active, leader, leader_stream
from services.talent.domain.person import person, person_stream
from services.talent.domain.post import (
    FillPost,
    Post,
    PostCommand,
    RegisterCriticalPost,
    VacatePost,
    WithdrawVacancy,
    post,
    post_stream,
)
from services.talent.domain.school import School, school, school_stream
from services.talent.domain.service_record import workplaces_before
from services.talent.domain.succession import NominateSuccessor, RemoveSuccessor
from services.talent.intake.scope import check_at_own_school, check_of_trust
from shared.clock import today
from shared.contracts.talent import posts as events
from shared.contracts.vocabulary import Code, Day, Id, PersonId, TrustUid, Urn
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRegistration:
    """`CriticalPostRegistered`: a post that must not stay empty, and who holds it now."""

    post_id: Id
    trustuid: TrustUid
    urns: tuple[Urn, ...] = ()
    post_type: Code
    incumbents: tuple[events.Incumbent, ...] = ()
    expected_vacancy_on: Day | None = None
    expected_vacancy_reason: events.VacancyReason = "other"
    registered_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """`PostVacated`: a person, or everybody who holds the post, leaves it or will."""

    post_id: Id
    person_id: PersonId | None = None
    vacated_on: Day
    reason: events.VacancyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Staying:
    """`PostVacancyWithdrawn`: a person who was expected to leave stays."""

    post_id: Id
    person_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """`PostFilled`: a person takes a post or a share of it, or will."""

    post_id: Id
    person_id: PersonId
    share_hundredths: events.Share
    interim: bool = False
    source_urn: Urn | None = None
    filled_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessorNomination:
    """`SuccessorNominated`: a leader could follow in a post."""

    post_id: Id
    leader_id: PersonId
    emergency_cover: bool = False
    nominated_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessorRemoval:
    """`SuccessorRemoved`: a leader is no longer named for a post."""

    post_id: Id
    leader_id: PersonId
    removed_on: Day
    reason: Code


def register_post(c: PostRegistration, context: Context) -> Act:
    """Say that a post is critical, at these schools or of the trust, and who holds it now."""
    stream = post_stream(c.post_id)
    schools = [school_stream(c.trustuid, urn) for urn in c.urns]
    people = [person_stream(incumbent.person_id) for incumbent in c.incumbents]

    def decide(states: States) -> Decision:
        if states[stream].registered is None:  # a school that has left since does not change what was registered
            for number, at in enumerate(schools):
                _check_member(states[at], today(states.at), f"/urns/{number}")
        for number, of in enumerate(people):
            check_of_trust(states[of], context, f"/incumbents/{number}/person_id")
        command = RegisterCriticalPost(
            post_id=c.post_id,
            trustuid=c.trustuid,
            urns=c.urns,
            post_type=c.post_type,
            incumbents=c.incumbents,
            expected_vacancy_on=c.expected_vacancy_on,
            expected_vacancy_reason=c.expected_vacancy_reason,
            registered_on=c.registered_on,
            today=today(states.at),
        )
        return {stream: post.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: post}
    reads |= dict.fromkeys(schools, school) | dict.fromkeys(people, person)
    return Act(on_day(c.registered_on, context), reads, decide, writes=frozenset({stream}))


def vacate_post(c: Vacancy, context: Context) -> Act:
    """Record that somebody leaves a post, or is expected to."""

    def command(states: States) -> VacatePost:
        return VacatePost(
            post_id=c.post_id,
            person_id=c.person_id,
            vacated_on=c.vacated_on,
            reason=c.reason,
            today=today(states.at),
        )

    return _on_post(c.post_id, context, command)


def withdraw_vacancy(c: Staying, context: Context) -> Act:
    """Record that somebody who was expected to leave a post stays."""
    return _on_post(
        c.post_id,
        context,
        lambda states: WithdrawVacancy(post_id=c.post_id, person_id=c.person_id, today=today(states.at)),
    )


def fill_post(c: Filling, context: Context) -> Act:
    """Record that somebody takes a post or a share of it, now or on a day to come."""
    of = person_stream(c.person_id)

    def command(states: States) -> FillPost:
        check_of_trust(states[of], context)
        return FillPost(
            post_id=c.post_id,
            person_id=c.person_id,
            share_hundredths=c.share_hundredths,
            interim=c.interim,
            source_urn=c.source_urn,
            filled_on=c.filled_on,
            worked_at=workplaces_before(c.filled_on, states[of]),
            today=today(states.at),
        )

    return _on_post(c.post_id, context, command, {of: person})


def nominate_successor(c: SuccessorNomination, context: Context) -> Act:
    """Name a leader who could follow in a post, or who could stand in for days."""
    of, record = person_stream(c.leader_id), leader_stream(c.leader_id)

    def command(states: States) -> NominateSuccessor:
        check_of_trust(states[of], context, "/leader_id")
        return NominateSuccessor(
            post_id=c.post_id,
            leader_id=c.leader_id,
            emergency_cover=c.emergency_cover,
            nominated_on=c.nominated_on,
            leader_active=is_active(states[record]),
            today=today(states.at),
        )

    return _on_post(c.post_id, on_day(c.nominated_on, context), command, {of: person, record: leader})


def remove_successor(c: SuccessorRemoval, context: Context) -> Act:
    """Name a leader no longer as somebody who could follow in a post."""

    def command(states: States) -> RemoveSuccessor:
        return RemoveSuccessor(
            post_id=c.post_id,
            leader_id=c.leader_id,
            removed_on=c.removed_on,
            reason=c.reason,
            today=today(states.at),
        )

    return _on_post(c.post_id, on_day(c.removed_on, context), command)


taken: Sequence[Taken] = (
    (events.CriticalPostRegistered, "/posts", Admission(PostRegistration, register_post, trust_only=True)),
    (events.PostVacated, "/posts/{post_id}/vacate", Admission(Vacancy, vacate_post)),
    (events.PostVacancyWithdrawn, "/posts/{post_id}/stay", Admission(Staying, withdraw_vacancy)),
    (events.PostFilled, "/posts/{post_id}/fill", Admission(Filling, fill_post)),
    (
        events.SuccessorNominated,
        "/posts/{post_id}/successors",
        Admission(SuccessorNomination, nominate_successor, trust_only=True),
    ),
    (
        events.SuccessorRemoved,
        "/posts/{post_id}/successors/{leader_id}/remove",
        Admission(SuccessorRemoval, remove_successor, trust_only=True),
    ),
)


def _on_post(
    post_id: Id,
    context: Context,
    command: Callable[[States], PostCommand],
    facts: dict[str, AnyDecider] | None = None,
) -> Act:
    """A command on a post of the sender's own trust; a school speaks of the posts at itself.

    What may be a plan has no day on which it happened other than the one on which it was said: `on_day` is not for it.
    """
    stream = post_stream(post_id)

    def decide(states: States) -> Decision:
        _check_own(states[stream], context)
        return {stream: post.decide(command(states), states[stream])}

    return Act(context, {stream: post, **(facts or {})}, decide, writes=frozenset({stream}))


def _check_own(state: Post, context: Context) -> None:
    if state.registered is None or state.registered.trustuid != context.trustuid:
        raise Rejected("post_unknown", "There is no such post: check its id, or register it first.", field="/post_id")
    check_at_own_school(context, {*state.registered.urns}, "/post_id")


def _check_member(state: School, day: Day, field: str) -> None:
    if not any(m.joined_on <= day and (m.left_on is None or day < m.left_on) for m in state.memberships):
        raise Rejected(
            "school_not_member",
            "This school is not a member of the trust: check the URN, or let it join first.",
            field=field,
        )
