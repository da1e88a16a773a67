"""Sending what the files ask for: claims in batches through talent's door, each trust's with a token of that trust."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter
from uuid_utils.compat import uuid7

from deploy.errors import Unmet
from deploy.register.reading import Ask
from shared.contracts import talent
from shared.contracts.talent.register import SchoolJoinedTrust, TrustRegistered
from shared.contracts.talent.roles import RoleCountDeclared

_AT_ONCE = 500
_ATTEMPTS = 5
_SOURCE = "/baton/register-import"
_BATCH_TYPE = "application/cloudevents-batch+json"
_OK = 200
_OVERLOADED = 429
_BROKEN = 500
_EVENTS = {
    "RegisterTrust": TrustRegistered,
    "JoinSchool": SchoolJoinedTrust,
    "DeclareRoleCount": RoleCountDeclared,
}

Progress = Callable[[str], None]


class _AgainError(Exception):
    """Talent could not answer; the same request may be answered later."""


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
        client: knows where talent is.
        service_token: proves a service, which may ask for every trust's members.
        trust_token: by a trust's UID, the token that speaks for it.
        pause_s: before a request that could not be answered is first sent again.
    """

    client: httpx.AsyncClient
    service_token: str
    trust_token: Callable[[str], str]
    pause_s: float = 0.5

    async def members(self, trusts: Collection[str]) -> dict[str, list[str]]:
        """The URNs of these trusts' current members, as the register has them."""
        found: Mapping[str, list[str]] = await self._answer("GET", "/register/members", self.service_token)
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
            for start in range(0, len(of_trust), _AT_ONCE):
                answers += await self._send_batch(of_trust[start : start + _AT_ONCE], self.trust_token(uid))
                report(f"Sent {len(answers)} of {len(asks)}")
        return answers

    async def _send_batch(self, asks: Sequence[Ask], token: str) -> list[Answer]:
        claims = [_claim(ask) for ask in asks]
        receipts = await self._answer("POST", "/events", token, json=claims, headers={"content-type": _BATCH_TYPE})
        return [_answered(ask, receipt) for ask, receipt in zip(asks, receipts, strict=True)]

    async def _answer(self, method: str, path: str, token: str, **request: Any) -> Any:
        request["headers"] = {"authorization": f"Bearer {token}", **request.get("headers", {})}
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((httpx.TransportError, _AgainError)),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential_jitter(initial=self.pause_s, max=10, jitter=self.pause_s),
            reraise=True,
        )
        try:
            return await retrying(self._ask, method, path, request)
        except (httpx.TransportError, _AgainError) as error:
            reason = str(error) or type(error).__name__
            raise Unmet(
                f"Talent at {self.client.base_url} cannot be asked: {reason}.",
                "See `baton status`, then import again: nothing is recorded twice.",
            ) from error

    async def _ask(self, method: str, path: str, request: Mapping[str, Any]) -> Any:
        response = await self.client.request(method, path, **request)
        if response.status_code >= _BROKEN or response.status_code == _OVERLOADED:
            raise _AgainError(f"it answers {response.status_code}")
        content = response.json()
        if response.status_code != _OK:
            raise Unmet(f"Talent refused the import: {content['detail']} ({content['code']})")
        return content


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
