"""A service's HTTP door as `baton` uses it: asked again while it cannot answer, never taken to have done it twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from deploy.errors import Unmet

at_once = 500
"""How many claims a batch has at most."""

_ATTEMPTS = 5
_BATCH_TYPE = "application/cloudevents-batch+json"
_OK = 200
_OVERLOADED = 429
_BROKEN = 500


class _AgainError(Exception):
    """The service could not answer; the same request may be answered later."""


@dataclass(frozen=True, slots=True)
class Door:
    """A service's door.

    Attributes:
        client: knows where the service is.
        pause_s: before a request that could not be answered is first sent again.
    """

    service: str
    client: httpx.AsyncClient
    pause_s: float = 0.5

    async def publish(self, claims: Sequence[Mapping[str, Any]], token: str, **options: Any) -> list[dict[str, Any]]:
        """Send a batch of claims; their receipts, in order. Sent again they have the same ids, and one effect.

        Raises:
            Unmet: the service cannot be reached or refuses the whole request.
        """
        headers = {"content-type": _BATCH_TYPE}
        found: list[dict[str, Any]] = await self.ask(
            "POST", "/events", token, json=claims, headers=headers, params=options
        )
        return found

    async def ask(self, method: str, path: str, token: str, **request: Any) -> Any:
        """What the service answers.

        Raises:
            Unmet: it cannot be reached, or does not answer with 200.
        """
        request["headers"] = {"authorization": f"Bearer {token}", **request.get("headers", {})}
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((httpx.TransportError, _AgainError)),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential_jitter(multiplier=self.pause_s, max=10, jitter=self.pause_s),
            reraise=True,
        )
        try:
            return await retrying(self._once, method, path, request)
        except (httpx.TransportError, _AgainError) as error:
            reason = str(error) or type(error).__name__
            raise Unmet(
                f"{self.service.capitalize()} at {self.client.base_url} cannot be asked: {reason}.",
                "See `baton status`, then do it again: nothing is recorded twice.",
            ) from error

    async def _once(self, method: str, path: str, request: Mapping[str, Any]) -> Any:
        response = await self.client.request(method, path, **request)
        if response.status_code >= _BROKEN or response.status_code == _OVERLOADED:
            raise _AgainError(f"it answers {response.status_code}")
        content = response.json()
        if response.status_code != _OK:
            raise Unmet(f"{self.service.capitalize()} refused this: {content['detail']} ({content['code']})")
        return content
