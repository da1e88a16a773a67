"""Schools compare their judgements of something: planned for a time and a place, held once, and what came of it.

A plan may be for a time that is over, since what was held may be told as a whole afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, assert_never
from zoneinfo import ZoneInfo

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.reviews import ModerationHeld, ModerationPlanned
from shared.contracts.vocabulary import Count, Day, Id, Instant, Name, TrustUid, Urn
from shared.decider import Decider, Rejected

Moderators = Annotated[tuple[Urn, ...], MinLen(2), MaxLen(200)]


def moderation_stream(moderation_id: Id) -> str:
    return f"moderation-{moderation_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanModeration:
    """`subject`: what is judged, such as performance management or writing."""

    moderation_id: Id
    trustuid: TrustUid
    subject: Name
    urns: Moderators
    starts_at: Instant
    ends_at: Instant
    where: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldModeration:
    """`urns`: who took part. Of the judgements `sampled` some stood (`agreed`), the others were `adjusted`."""

    moderation_id: Id
    urns: Moderators
    sampled: Count
    agreed: Count
    adjusted: Count
    held_on: Day


ModerationCommand = PlanModeration | HoldModeration
ModerationEvent = ModerationPlanned | ModerationHeld


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    planned: ModerationPlanned | None = None
    held: ModerationHeld | None = None


def decide(asked: Dated[ModerationCommand], state: Moderation) -> list[ModerationEvent]:
    match asked.command:
        case PlanModeration():
            return _plan(asked.command, state)
        case HoldModeration():
            return _hold(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _plan(c: PlanModeration, state: Moderation) -> list[ModerationEvent]:
    planned = ModerationPlanned(
        moderation_id=c.moderation_id,
        trustuid=c.trustuid,
        subject=c.subject,
        urns=c.urns,
        starts_at=c.starts_at,
        ends_at=c.ends_at,
        where=c.where,
    )
    if state.planned == planned:
        return []
    if state.planned is not None:
        raise Rejected(
            "moderation_exists",
            "This moderation is planned with other details: give a new one an id of its own.",
            field="/moderation_id",
        )
    _check_once_each(c.urns)
    if c.ends_at <= c.starts_at:
        raise Rejected("moderation_ends_before_it_starts", "Let the moderation end after it starts.", field="/ends_at")
    return [planned]


def _hold(c: HoldModeration, state: Moderation, today: Day) -> list[ModerationEvent]:
    if state.planned is None:
        raise Rejected(
            "moderation_unknown", "There is no such moderation: check its id, or plan it first.", field="/moderation_id"
        )
    held = ModerationHeld(
        moderation_id=c.moderation_id,
        urns=c.urns,
        sampled=c.sampled,
        agreed=c.agreed,
        adjusted=c.adjusted,
        held_on=c.held_on,
    )
    if state.held == held:
        return []
    if state.held is not None:
        raise Rejected(
            "moderation_already_held",
            "This moderation was held, with other results: plan a new one for others.",
            field="/moderation_id",
        )
    _check_once_each(c.urns)
    _check_as_planned(c, state.planned)
    check_happened(c.held_on, today, "/held_on")
    if c.agreed + c.adjusted != c.sampled:
        raise Rejected(
            "sample_does_not_add_up",
            "Let those that stood and those that were adjusted be as many as were sampled.",
            field="/sampled",
        )
    return [held]


def _check_as_planned(c: HoldModeration, planned: ModerationPlanned) -> None:
    if not set(c.urns) <= set(planned.urns):
        raise Rejected("school_not_planned", "Name schools that this moderation was planned for.", field="/urns")
    if c.held_on < planned.starts_at.astimezone(ZoneInfo("Europe/London")).date():
        raise Rejected(
            "held_before_planned", "Give the day that the moderation was planned for, or a later one.", field="/held_on"
        )


def _check_once_each(urns: Moderators) -> None:
    if len(set(urns)) < len(urns):
        raise Rejected("school_named_twice", "Name each school once.", field="/urns")


def evolve(state: Moderation, event: ModerationEvent) -> Moderation:
    match event:
        case ModerationPlanned():
            return replace(state, planned=event)
        case ModerationHeld():
            return replace(state, held=event)
        case _:
            assert_never(event)


moderation: Decider[Dated[ModerationCommand], Moderation, ModerationEvent] = Decider(Moderation(), decide, evolve)
