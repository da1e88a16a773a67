"""What the trust plans elsewhere stands in its one calendar: moderations and trust-wide inductions become sessions.

Sessions about the same belong to one programme of the trust, which the first of them publishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg

from services.cpd.domain.programme import Programme, PublishProgramme, programme, programme_stream
from services.cpd.domain.session import ScheduleSession, session, session_stream
from shared.contracts.collaboration.reviews import ModerationPlanned
from shared.contracts.cpd.programmes import ProgrammeKind
from shared.contracts.talent.register import TrustInductionPlanned
from shared.contracts.vocabulary import Id, Name, TrustUid
from shared.eventstore import Act, Context, Decision, States
from shared.reactions import Effect, Fact, Reaction

_planned = uuid5(NAMESPACE_URL, "uk.mat/cpd/planned-elsewhere")


def programme_id_of(trustuid: TrustUid, kind: ProgrammeKind, title: Name) -> UUID:
    """The id of a trust's programme of what is planned elsewhere under a title."""
    return uuid5(_planned, f"{trustuid}\n{kind}\n{title}")


def session_id_of(planned: Id) -> UUID:
    """The id of the session that a moderation or an induction is in the calendar."""
    return uuid5(_planned, str(planned))


async def put_moderation_in_calendar(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
    """A moderation of a subject becomes a session of that subject's programme."""
    planned: ModerationPlanned = fact.event
    return [_session(planned, planned.moderation_id, "moderation", planned.subject)]


async def put_induction_in_calendar(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
    """A trust-wide induction becomes a session of the programme of its title."""
    planned: TrustInductionPlanned = fact.event
    return [_session(planned, planned.induction_id, "induction", planned.title, planned.places)]


schedule_moderation = Reaction("schedule_moderation", (ModerationPlanned,), put_moderation_in_calendar)
schedule_induction = Reaction("schedule_induction", (TrustInductionPlanned,), put_induction_in_calendar)


def _session(
    planned: ModerationPlanned | TrustInductionPlanned,
    planned_id: Id,
    kind: ProgrammeKind,
    title: Name,
    places: int | None = None,
) -> Effect:
    programme_id = programme_id_of(planned.trustuid, kind, title)
    publish = PublishProgramme(
        programme_id=programme_id, trustuid=planned.trustuid, title=title, kind=kind, cost_pence=0
    )
    schedule = ScheduleSession(
        session_id=session_id_of(planned_id),
        programme_id=programme_id,
        trustuid=planned.trustuid,
        scope="trust",
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        places=places,
        where=planned.where,
        programme_trustuid=planned.trustuid,
    )
    stream, of = session_stream(schedule.session_id), programme_stream(programme_id)

    def decide(states: States) -> Decision:
        offer: Programme = states[of]
        published = [] if offer.published else programme.decide(publish, offer)
        return {of: published, stream: session.decide(schedule, states[stream])}

    def act(context: Context) -> Act:
        return Act(context, {of: programme, stream: session}, decide)

    return Effect(stream, act)
