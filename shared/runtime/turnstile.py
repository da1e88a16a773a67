"""The turnstile before every route: how much a caller may ask for, how large a request may be, how slowly it may come.

What is refused before a route looks at it is refused here. A caller is whoever is proven; where nobody is, an address.
What is counted is counted in this process alone.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.documents.openapi import always_open
from shared.identity import Doorkeeper, NotAuthenticated
from shared.identity.doorkeeping import api_key_header, seconds_until_reset
from shared.problems import Problem

largest_body_bytes = 4 * 1024 * 1024
largest_head_bytes = 32 * 1024
slowest_bytes_per_second = 32 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process gives one caller.

    Attributes:
        client_per_minute: requests of somebody who is proven.
        address_per_minute: requests from an address where nobody is proven; a whole trust may share one.
        at_once: requests under way. A stream of events is not counted once it flows.
        answer_seconds: how long a request may wait until its answer begins; None: as long as it takes.
        body_seconds: how long a body may take to come, and a second more for each 32 KiB of it.
    """

    client_per_minute: int
    address_per_minute: int
    at_once: int
    answer_seconds: float | None = None
    body_seconds: float = 10.0


class Turnstile:
    """Lets requests in, and knows who asks: `request.state.asks` is the principal, or why there is none."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper, limits: Limits) -> None:
        self._app = app
        self._doorkeeper = doorkeeper
        self._limits = limits
        self._rates = FixedWindowRateLimiter(MemoryStorage())
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in always_open:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            _check_head(request)
            caller = await self._caller(request)
        except Exception as refusal:  # noqa: BLE001  answered as if a route had raised it
            await _answer(request, refusal, receive, send)
            return
        body, visit = _Body(receive, self._limits.body_seconds), _Visit(send, self._under_way, caller)
        try:
            async with asyncio.timeout(self._limits.answer_seconds) as visit.patience:
                await self._app(scope, body.receive, visit.send)
        except TimeoutError:
            if visit.begun or not visit.patience.expired():
                raise
            waited = "Nothing came of this within our time. Send it again later under the same id: it is done once."
            await _answer(request, Problem(503, "overloaded", waited), receive, send)
        finally:
            visit.leave()

    async def _caller(self, request: Request) -> str:
        """The name that a caller's requests are counted under.

        Raises:
            Problem: there were too many.
        """
        address = network_of(request)
        try:
            request.state.asks = who = await self._doorkeeper.principal(request.headers, address)
            caller, per_minute = f"{who.trustuid}/{who.subject}", self._limits.client_per_minute
        except NotAuthenticated as unproven:
            request.state.asks = unproven
            caller, per_minute = address, self._limits.address_per_minute
        rate = RateLimitItemPerMinute(per_minute)
        if not self._rates.hit(rate, caller):
            seconds = seconds_until_reset(self._rates, rate, caller)
            fewer = f"At most {per_minute} requests a minute: wait as Retry-After says, and send events in batches."
            raise Problem(429, "too_many_requests", fewer, headers={"Retry-After": str(seconds)})
        if self._under_way[caller] >= self._limits.at_once:
            fewer = f"At most {self._limits.at_once} requests at once: wait for the answers to those under way."
            raise Problem(429, "too_many_at_once", fewer, headers={"Retry-After": "1"})
        return caller


def network_of(request: Request) -> str:
    """Where a request comes from: its address, or of a long one the network that one household gets whole."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else host


def _check_head(request: Request) -> None:
    if sum(len(name) + len(text) for name, text in request.headers.raw) > largest_head_bytes:
        raise Problem(431, "head_too_large", f"At most {largest_head_bytes // 1024} KiB of headers are taken.")
    if any(len(request.headers.getlist(name)) > 1 for name in ("authorization", api_key_header)):
        raise NotAuthenticated("Send one token or key: which of several is meant, two readers could see differently.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        plain = "Send the body as it is: it is not taken compressed."
        raise Problem(415, "encoding_not_offered", plain, headers={"Accept-Encoding": "identity"})
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > largest_body_bytes:
        raise _too_large()


def _too_large() -> Problem:
    return Problem(413, "too_large", f"At most {largest_body_bytes // 1024} KiB are taken in one request.")


async def _answer(request: Request, error: Exception, receive: Receive, send: Send) -> None:
    """Answer as the application answers what a route raises."""
    response = await request.app.state.answer(request, error)
    await response(request.scope, receive, send)


class _Body:
    """A request's body as it comes: given up as soon as it is larger or slower than anything that is taken."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._began: float | None = None
        self._seconds = seconds
        self._bytes = 0
        self._complete = False

    async def receive(self) -> Message:
        """The next part.

        Raises:
            Problem: it is too large, or did not come in time.
        """
        if self._complete:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        until = self._began + self._seconds + self._bytes / slowest_bytes_per_second
        try:
            async with asyncio.timeout_at(until):
                message = await self._receive()
        except TimeoutError:
            faster = "The body did not come in time: send it in one go."
            raise Problem(408, "too_slow", faster, headers={"Connection": "close"}) from None
        self._bytes += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._bytes > largest_body_bytes:
            raise _too_large()
        return message


class _Visit:
    """One request while it is under way."""

    patience: asyncio.Timeout

    def __init__(self, send: Send, under_way: Counter[str], caller: str) -> None:
        self._send = send
        self._under_way = under_way
        self._caller: str | None = caller
        self.begun = False
        under_way[caller] += 1

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on."""
        if message["type"] == "http.response.start":
            self.begun = True
            self.patience.reschedule(None)
            if any(
                name == b"content-type" and text.startswith(b"text/event-stream") for name, text in message["headers"]
            ):
                self.leave()
        await self._send(message)

    def leave(self) -> None:
        """It is under way no more."""
        if self._caller is not None:
            self._under_way[self._caller] -= 1
            if self._under_way[self._caller] == 0:
                del self._under_way[self._caller]
            self._caller = None
