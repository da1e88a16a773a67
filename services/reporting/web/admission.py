"""Whom a provider's word lets in: a role that has something to see here, a school of this trust, a second factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import structlog

from services.reporting.read_models.reading import Reading, View
from services.reporting.signing_in.provider import OpenIdProvider, Proof, ProviderRefused, Tokens
from services.reporting.signing_in.sessions import Person, SessionEnded
from services.reporting.web import framing
from services.reporting.web.schools import Member, members
from shared.identity import NotAuthenticated, Principal, Role

log = structlog.get_logger()

Why = Literal["another_trust", "clock", "no_role", "no_school", "second_factor", "unfit"]

_called: Mapping[Role, str] = {
    "trust_leader": "Leader of the trust",
    "hr": "Human resources",
    "auditor": "Auditor",
    "operator": "Operator",
}
_of_reasons: Mapping[str, Why] = {"not_yet": "clock", "roles": "no_role", "trust": "no_role", "urns": "no_school"}


class TurnedAway(Exception):
    """Somebody has proved who they are, and may not come in."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may come in to the dashboard of one trust."""

    reading: Reading
    provider: OpenIdProvider
    trust: str | None = None

    async def admit(self, proof: Proof) -> Person:
        """Who somebody is on the pages.

        Raises:
            TurnedAway: they may not come in.
        """
        who, described = proof.principal, self.provider.described
        if not who.roles & {*_called, "school_leader"}:
            raise TurnedAway("no_role")
        if who.has(*described.second_factor_roles) and not proof.second_factor:
            raise TurnedAway("second_factor")
        async with self.reading(framing.needs) as view:
            schools = await self._schools(view, who)
        if not schools and not who.roles & _called.keys():
            raise TurnedAway("no_school")
        urns = frozenset(urn for school in schools for urn in school.urns)
        return Person(replace(who, urns=urns), _name(who, schools), proof.tokens.access)

    async def renew(self, before: Principal, tokens: Tokens, *, second_factor: bool) -> tuple[Person, Proof]:
        """Who somebody is now that is signed in already: a `Renew` of their session.

        Raises:
            SessionEnded: they may not be here any more.
        """
        try:
            proof = await self.provider.renew(tokens, before.subject, second_factor=second_factor)
            return await self.admit(proof), proof
        except ProviderRefused as refused:
            log.info("session_ended", code=refused.code)
            raise SessionEnded("ended") from None
        except NotAuthenticated as unfit:
            raise SessionEnded(turned_away_for(unfit)) from None
        except TurnedAway as away:
            raise SessionEnded(away.why) from None

    async def _schools(self, view: View, who: Principal) -> Sequence[Member]:
        """Those that somebody leads."""
        trustuid = (await framing.trust_of(view.conn, self.trust))[0]
        if trustuid is not None and trustuid != who.trustuid:
            raise TurnedAway("another_trust")
        if not who.has("school_leader"):
            return ()
        return [school for school in await members(view.conn, who.trustuid, view.at) if school.urns & who.urns]


def turned_away_for(unfit: NotAuthenticated) -> Why:
    """What is told to somebody whose provider signed something that does not do here."""
    log.warning("provider_token_unfit", reason=unfit.reason)
    return _of_reasons.get(unfit.reason, "unfit")


def _name(who: Principal, schools: Sequence[Member]) -> str:
    """What a page calls them: by the role that sees most."""
    if who.has("school_leader") and not who.has("trust_leader") and schools:
        return f"Leader of {schools[0].name}" if len(schools) == 1 else f"Leader of {len(schools)} schools"
    return next(_called[role] for role in _called if who.has(role))
