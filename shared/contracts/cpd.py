"""What happens in CPD: programmes and their sessions. Add fields, never rename or remove one."""

from __future__ import annotations

from typing import Literal

from shared.contracts.vocabulary import Code, Contract, Count, Id, Instant, Name, Text, TrustUid, Urn, event

ProgrammeKind = Literal["course", "npq", "masters", "mba", "visit", "induction", "moderation", "research_group"]


@event
class Partner:
    """Who runs a programme together with its owner."""

    name: Name
    reach: Literal["local", "regional", "national"]


@event
class ProgrammePublished:
    """A programme of training is on offer, of the trust or, with `urn`, of that school. Cost in pence a place."""

    programme_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    title: Name
    kind: ProgrammeKind
    audience_stages: tuple[Code, ...] = ()
    audience_roles: tuple[Code, ...] = ()
    outcomes: tuple[Text, ...] = ()
    partner: Partner | None = None
    cost_pence: Count


@event
class SessionScheduled:
    """A session of a programme stands in the calendar. No `places` means as many as come (whole-staff sessions)."""

    session_id: Id
    programme_id: Id
    trustuid: TrustUid
    scope: Literal["trust", "school"]
    urn: Urn | None = None
    starts_at: Instant
    ends_at: Instant
    places: Count | None = None
    where: Name
    how_to_join: Text | None = None


@event
class SessionRescheduled:
    """A session moved to another time, and maybe another place."""

    session_id: Id
    starts_at: Instant
    ends_at: Instant
    where: Name
    reason: Text | None = None


@event
class SessionCancelled:
    """A session will not take place; it stays in the calendar as cancelled."""

    session_id: Id
    reason: Text | None = None


contract = Contract("cpd", v1=[ProgrammePublished, SessionScheduled, SessionRescheduled, SessionCancelled])
