"""A service's HTTP door as `baton` uses it: asked again while it cannot answer, never taken to have done it twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from deploy.errors import Unmet

at_once = 500
"""How many claims a batch has at most."""

_LONGEST_PAUSE_S = 10.0
_BATCH_TYPE = "application/cloudevents-batch+json"
_DONE = (200, 201)
_OVERLOADED = 429
_BROKEN = 500


class _AgainError(Exception):
    """The service could not answer; the same request may be answered later: after so long, where it said so."""

    def __init__(self, status: int, retry_after: str) -> None:
        super().__init__(f"it answers {status}")
        self.after_s = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None


class Refused(Unmet):
    """The service answered that it does not do it.

    Attributes:
        code: its reason, from docs/refusals.md.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Door:
    """A service's door.

    Attributes:
        client: knows where the service is, and may prove who asks.
        pause_s: before a request that could not be answered is first sent again.
        attempts: how often a request is sent at most.
        waiting: told why a request has to be sent again.
    """

    service: str
    client: httpx.AsyncClient
    pause_s: float = 0.5
    attempts: int = 5
    waiting: Callable[[str], None] = lambda _: None

    async def publish(
        self, claims: Sequence[Mapping[str, Any]], token: str | None = None, **options: Any
    ) -> list[dict[str, Any]]:
        """Send a batch of claims; their receipts, in order. Sent again they have the same ids, and one effect.

        Raises:
            Unmet: the service cannot be reached or refuses the whole request.
        """
        headers = {"content-type": _BATCH_TYPE}
        found: list[dict[str, Any]] = await self.ask(
            "POST", "/events", token, json=claims, headers=headers, params=options
        )
        return found

    async def ask(self, method: str, path: str, token: str | None = None, **request: Any) -> Any:
        """What the service answers, JSON or a text. Without a token the client's own headers say who asks.

        Raises:
            Unmet: it cannot be reached, or does not answer that it is done.
        """
        proof = {"authorization": f"Bearer {token}"} if token is not None else {}
        request["headers"] = {**proof, **request.get("headers", {})}
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((httpx.TransportError, _AgainError)),
            stop=stop_after_attempt(self.attempts),
            wait=self._pause,
            before_sleep=lambda state: self.waiting(f"{self._name} cannot be asked: {_reason(state)}; trying again"),
            reraise=True,
        )
        try:
            return await retrying(self._once, method, path, request)
        except (httpx.TransportError, _AgainError) as error:
            raise Unmet(
                f"{self._name} at {self.client.base_url} cannot be asked: {_said(error)}.",
                "See `baton status`, then do it again: nothing is recorded twice.",
            ) from error

    @property
    def _name(self) -> str:
        return self.service.capitalize()

    def _pause(self, state: RetryCallState) -> float:
        """As long as the service says; else longer each time."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _AgainError) and error.after_s is not None:
            return error.after_s
        return wait_exponential_jitter(multiplier=self.pause_s, max=_LONGEST_PAUSE_S, jitter=self.pause_s)(state)

    async def _once(self, method: str, path: str, request: Mapping[str, Any]) -> Any:
        response = await self.client.request(method, path, **request)
        if response.status_code >= _BROKEN or response.status_code == _OVERLOADED:
            raise _AgainError(response.status_code, response.headers.get("retry-after", ""))
        if response.status_code in _DONE and response.headers.get("content-type", "").startswith("text/plain"):
            return response.text
        try:
            content = response.json()
        except ValueError:
            content = {}
        if response.status_code in _DONE:
            return content
        if not isinstance(content, dict) or not {"detail", "code"} <= content.keys():
            raise Unmet(
                f"{self.client.base_url} answers {response.status_code} and no reason: is it a service of Baton?"
            )
        raise Refused(f"{self._name} refused this: {content['detail']} ({content['code']})", content["code"])


def _reason(state: RetryCallState) -> str:
    return _said(state.outcome.exception() if state.outcome else None)


def _said(error: BaseException | None) -> str:
    return str(error) or type(error).__name__
