"""Sending what the files ask for: claims in batches through talent's door, each trust's with a token of that trust."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uuid_utils.compat import uuid7

from deploy.door import Door, at_once
from deploy.register.reading import Ask
from shared.contracts import talent
from shared.contracts.talent.register import SchoolJoinedTrust, TrustRegistered
from shared.contracts.talent.roles import RoleCountDeclared

_SOURCE = "/baton/register-import"
_EVENTS = {
    "RegisterTrust": TrustRegistered,
    "JoinSchool": SchoolJoinedTrust,
    "DeclareRoleCount": RoleCountDeclared,
}

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What talent answered to an ask. Not `recorded`, though accepted: it was there already."""

    ask: Ask
    outcome: str
    recorded: bool
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Talent:
    """Talent's HTTP door.

    Attributes:
        service_token: proves a service, which may ask for every trust's members.
        trust_token: by a trust's UID, the token that speaks for it.
    """

    door: Door
    service_token: str
    trust_token: Callable[[str], str]

    async def members(self, trusts: Collection[str]) -> dict[str, list[str]]:
        """The URNs of these trusts' current members, as the register has them."""
        found: Mapping[str, list[str]] = await self.door.ask("GET", "/register/members", self.service_token)
        return {uid: urns for uid, urns in found.items() if uid in trusts}

    async def send(self, asks: Sequence[Ask], report: Progress) -> list[Answer]:
        """Send each ask as a claim with a new id; a request that is sent again has the same ids.

        Raises:
            Unmet: talent cannot be reached or refuses a whole request. What it took before stays.
        """
        by_trust: dict[str, list[Ask]] = {}
        for ask in asks:
            by_trust.setdefault(str(ask.payload["trustuid"]), []).append(ask)
        answers: list[Answer] = []
        for uid, of_trust in by_trust.items():
            for start in range(0, len(of_trust), at_once):
                answers += await self._send_batch(of_trust[start : start + at_once], self.trust_token(uid))
                report(f"Sent {len(answers)} of {len(asks)}")
        return answers

    async def _send_batch(self, asks: Sequence[Ask], token: str) -> list[Answer]:
        receipts = await self.door.publish([_claim(ask) for ask in asks], token)
        return [_answered(ask, receipt) for ask, receipt in zip(asks, receipts, strict=True)]


def _claim(ask: Ask) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid7()),
        "source": _SOURCE,
        "type": talent.contract.names[_EVENTS[ask.command]],
        "data": {name: content for name, content in ask.payload.items() if content is not None},
    }


def _answered(ask: Ask, receipt: Mapping[str, Any]) -> Answer:
    return Answer(
        ask=ask,
        outcome=receipt["outcome"],
        recorded=receipt["outcome"] in {"accepted", "duplicate"} and bool(receipt.get("streams")),
        code=receipt.get("code"),
        message=receipt.get("message"),
    )
