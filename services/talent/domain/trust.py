"""A trust in the register, known by its group UID in Get Information About Schools."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.talent.register import CompaniesHouseNumber, TrustRegistered
from shared.contracts.vocabulary import Name, TrustRef, TrustUid
from shared.decider import Decider, Rejected


def trust_stream(trustuid: str) -> str:
    return f"trust-{trustuid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTrust:
    trustuid: TrustUid
    trust_ref: TrustRef
    name: Name
    companies_house_number: CompaniesHouseNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    registered: TrustRegistered | None = None


def decide(c: RegisterTrust, state: Trust) -> list[TrustRegistered]:
    registered = TrustRegistered(
        trustuid=c.trustuid,
        trust_ref=c.trust_ref,
        name=c.name,
        companies_house_number=c.companies_house_number,
    )
    if state.registered == registered:
        return []
    if state.registered is not None:
        raise Rejected(
            "trust_exists",
            "This trust is registered with other details: check the group UID, or send them as recorded.",
            field="/trustuid",
        )
    return [registered]


def evolve(_state: Trust, event: TrustRegistered) -> Trust:
    return Trust(registered=event)


trust: Decider[RegisterTrust, Trust, TrustRegistered] = Decider(Trust(), decide, evolve)
