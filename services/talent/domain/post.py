"""A critical post: who holds it in which shares, when it falls vacant, and (succession.py) who could follow.

Co-heads share a post. An executive head holds several: what they hold elsewhere does not matter to any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from services.talent.domain import succession
from services.talent.domain.succession import NominateSuccessor, RemoveSuccessor, Succession
from services.talent.domain.tenure import (
    WHOLE,
    Tenure,
    Tenures,
    ending,
    holders_before,
    holders_on,
    latest_of,
    most_held,
    taking,
    tenure_of,
)
from shared.contracts.talent.posts import (
    CriticalPostRegistered,
    Incumbent,
    PostFilled,
    PostVacancyWithdrawn,
    PostVacated,
    Share,
    SuccessorNominated,
    SuccessorRemoved,
    VacancyReason,
)
from shared.contracts.vocabulary import Code, Day, Id, PersonId, TrustUid, Urn
from shared.decider import Decider, Rejected


def post_stream(post_id: Id) -> str:
    return f"post-{post_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCriticalPost:
    """The expected vacancy is of everybody who holds it now."""

    post_id: Id
    trustuid: TrustUid
    urns: tuple[Urn, ...] = ()
    post_type: Code
    incumbents: tuple[Incumbent, ...] = ()
    expected_vacancy_on: Day | None = None
    expected_vacancy_reason: VacancyReason = "other"
    registered_on: Day
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class VacatePost:
    """`vacated_on` is the first day without them; without a person, without anybody who would hold it until then."""

    post_id: Id
    person_id: PersonId | None = None
    vacated_on: Day
    reason: VacancyReason
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawVacancy:
    """Who was expected to leave stays."""

    post_id: Id
    person_id: PersonId
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class FillPost:
    """`worked_at`: where in the trust they worked the day before (None: its central office), from their stream."""

    post_id: Id
    person_id: PersonId
    share_hundredths: Share
    interim: bool = False
    source_urn: Urn | None = None
    filled_on: Day
    worked_at: frozenset[Urn | None]
    today: Day


PostCommand = RegisterCriticalPost | VacatePost | WithdrawVacancy | FillPost | NominateSuccessor | RemoveSuccessor
PostEvent = (
    CriticalPostRegistered | PostVacated | PostVacancyWithdrawn | PostFilled | SuccessorNominated | SuccessorRemoved
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    registered: CriticalPostRegistered | None = None
    tenures: Tenures = ()  # in the order in which they were recorded
    succession: Succession = field(default_factory=Succession)


def decide(command: PostCommand, state: Post) -> list[PostEvent]:
    match command:
        case RegisterCriticalPost():
            return _register(command, state)
        case VacatePost():
            return _vacate(command, state)
        case WithdrawVacancy():
            return _withdraw_vacancy(command, state)
        case FillPost():
            return _fill(command, state)
        case NominateSuccessor() | RemoveSuccessor():
            post_type = _known(state).post_type
            return [*succession.decide(command, state.succession, post_type=post_type, tenures=state.tenures)]
        case _:
            assert_never(command)


def _register(c: RegisterCriticalPost, state: Post) -> list[PostEvent]:
    registered = CriticalPostRegistered(
        post_id=c.post_id,
        trustuid=c.trustuid,
        urns=c.urns,
        post_type=c.post_type,
        incumbents=c.incumbents,
        registered_on=c.registered_on,
    )
    if state.registered == registered:
        return []
    if state.registered is not None:
        raise Rejected(
            "post_exists",
            "This post is registered with other details: fill or vacate it, or give a new post an id of its own.",
            field="/post_id",
        )
    if c.registered_on > c.today:
        raise Rejected("in_the_future", "Give the day of the registration: today or before.", field="/registered_on")
    _check_incumbents(c)
    return _within_the_whole([registered, *_expected_vacancy(c)], state, field="/incumbents")


def _check_incumbents(c: RegisterCriticalPost) -> None:
    if len({incumbent.person_id for incumbent in c.incumbents}) < len(c.incumbents):
        raise Rejected(
            "incumbent_named_twice", "Name each incumbent once, with their whole share.", field="/incumbents"
        )
    if any(incumbent.from_on > c.registered_on for incumbent in c.incumbents):
        raise Rejected(
            "incumbent_from_later",
            "Name who holds the post on the day of its registration; then fill it with whoever follows.",
            field="/incumbents",
        )


def _expected_vacancy(c: RegisterCriticalPost) -> list[PostEvent]:
    if c.expected_vacancy_on is None:
        return []
    if not c.incumbents:
        raise Rejected("nobody_to_leave", "Nobody holds this post: there is no vacancy to expect.", field="/incumbents")
    if c.expected_vacancy_on <= c.registered_on:
        raise Rejected(
            "vacancy_not_ahead",
            "Let the expected vacancy begin after the day of the registration: whoever has left is no incumbent.",
            field="/expected_vacancy_on",
        )
    return [
        _vacated(c.post_id, c.post_type, incumbent.person_id, c.expected_vacancy_on, c.expected_vacancy_reason)
        for incumbent in c.incumbents
    ]


def _vacate(c: VacatePost, state: Post) -> list[PostEvent]:
    post_type = _known(state).post_type
    vacated: list[PostEvent] = []
    for tenure in _who_leaves(c, state):
        if (tenure.until_on, tenure.reason) != (c.vacated_on, c.reason):
            _check_not_left(tenure, c.today)
            vacated.append(_vacated(c.post_id, post_type, tenure.person_id, c.vacated_on, c.reason))
    return _within_the_whole(vacated, state, field="/vacated_on")


def _vacated(post_id: Id, post_type: Code, person_id: PersonId, day: Day, reason: VacancyReason) -> PostVacated:
    return PostVacated(post_id=post_id, post_type=post_type, person_id=person_id, vacated_on=day, reason=reason)


def _who_leaves(c: VacatePost, state: Post) -> Tenures:
    if c.person_id is None:
        leaving = holders_before(c.vacated_on, state.tenures)
        if not leaving:
            raise Rejected(
                "nobody_to_leave",
                "By then nobody holds this post any more: to change when somebody leaves, name them.",
                field="/vacated_on",
            )
        return leaving
    _tenure_of(c.person_id, state)
    tenure = latest_of(c.person_id, state.tenures, by=c.vacated_on)
    if tenure is None:
        raise Rejected(
            "vacated_before_filled",
            "This person took the post later: give the first day without them.",
            field="/vacated_on",
        )
    return (tenure,)


def _withdraw_vacancy(c: WithdrawVacancy, state: Post) -> list[PostEvent]:
    post = _known(state)
    tenure = _tenure_of(c.person_id, state)
    if tenure.until_on is None:
        return []
    _check_not_left(tenure, c.today)
    stays = PostVacancyWithdrawn(post_id=c.post_id, post_type=post.post_type, person_id=c.person_id)
    return _within_the_whole([stays], state, field="/person_id")


def _fill(c: FillPost, state: Post) -> list[PostEvent]:
    post = _known(state)
    own = [tenure for tenure in state.tenures if tenure.person_id == c.person_id and tenure.taken_up]
    taken = (c.share_hundredths, c.interim)
    if any((t.from_on, t.share_hundredths, t.interim) == (c.filled_on, *taken) for t in own):
        return []
    if any((t.share_hundredths, t.interim) == taken for t in holders_on(c.filled_on, own)):
        raise Rejected("already_incumbent", "This person holds this share of the post already.", field="/person_id")
    filled = PostFilled(
        post_id=c.post_id,
        post_type=post.post_type,
        person_id=c.person_id,
        share_hundredths=c.share_hundredths,
        interim=c.interim,
        internal=bool(c.worked_at),
        source_urn=_source(c),
        filled_on=c.filled_on,
    )
    ended = succession.ended_by_taking_the_post(c.post_id, c.person_id, c.filled_on, c.today, state.succession)
    return _within_the_whole([filled, *ended], state, field="/share_hundredths")


def _source(c: FillPost) -> Urn | None:
    if not c.worked_at:
        return c.source_urn
    if c.source_urn is None:
        return next(iter(c.worked_at)) if len(c.worked_at) == 1 else None
    if c.source_urn not in c.worked_at:
        raise Rejected(
            "source_not_theirs",
            "Give a school where this person worked the day before, or none: they come from within the trust.",
            field="/source_urn",
        )
    return c.source_urn


def _known(state: Post) -> CriticalPostRegistered:
    if state.registered is None:
        raise Rejected("post_unknown", "There is no such post: check its id, or register it first.", field="/post_id")
    return state.registered


def _tenure_of(person_id: PersonId, state: Post) -> Tenure:
    tenure = latest_of(person_id, state.tenures)
    if tenure is None:
        raise Rejected("not_incumbent", "This person does not hold this post: check the id.", field="/person_id")
    return tenure


def _check_not_left(tenure: Tenure, today: Day) -> None:
    """A leaving that is only expected may still be changed."""
    if tenure.until_on is not None and (tenure.until_on <= today or not tenure.taken_up):
        raise Rejected(
            "already_left",
            "This person has left the post on another day or for another reason: correct that record instead.",
            field="/person_id",
        )


def _within_the_whole(events: list[PostEvent], state: Post, *, field: str) -> list[PostEvent]:
    """The events, if no day that they lead to has more than the whole post."""
    if most_held(post.fold(events, state).tenures) > WHOLE:
        raise Rejected(
            "share_above_whole",
            "Together the shares would be above 100 hundredths on some day: let somebody leave first, or give less.",
            field=field,
        )
    return events


def evolve(state: Post, event: PostEvent) -> Post:
    match event:
        case CriticalPostRegistered():
            return replace(state, registered=event, tenures=tuple(map(tenure_of, event.incumbents)))
        case PostVacated():
            tenure = latest_of(event.person_id, state.tenures, by=event.vacated_on)
            return replace(state, tenures=ending(tenure, event.vacated_on, event.reason, state.tenures))
        case PostVacancyWithdrawn():
            tenure = latest_of(event.person_id, state.tenures)
            return replace(state, tenures=ending(tenure, None, None, state.tenures))
        case PostFilled():
            taken = Tenure(
                person_id=event.person_id,
                share_hundredths=event.share_hundredths,
                interim=event.interim,
                from_on=event.filled_on,
            )
            return replace(state, tenures=taking(taken, state.tenures))
        case SuccessorNominated() | SuccessorRemoved():
            return replace(state, succession=succession.evolve(state.succession, event))
        case _:
            assert_never(event)


post: Decider[PostCommand, Post, PostEvent] = Decider(Post(), decide, evolve)
