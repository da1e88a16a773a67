"""A stack that somebody else started: looked at before the demo says a word, and never started, stopped or wiped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from deploy.description import SERVICES, WRITERS, ServiceDescription
from deploy.errors import Unmet
from deploy.settings import StackSettings
from deploy.tokens import service_token
from shared.clock import SimulatedClock

_ANSWER_S = 10.0
_ABOUT = timedelta(seconds=30)
_TOKEN_LASTS = timedelta(minutes=5)


class AnotherStack:
    """What the demo needs of it. Made by `another_stack`."""

    def __init__(self, settings: StackSettings, clients: Mapping[str, httpx.AsyncClient]) -> None:
        self._settings = settings
        self._clients = clients

    async def check(self) -> None:
        """See that it is up, lives in a simulated time, knows our issuer's key and holds no data.

        Raises:
            Unmet: one of them is not so.
        """
        for service in SERVICES:
            await self._ask(service, "/readyz")
            if not (await self._ask(service, "/clock")).json()["simulated"]:
                raise Unmet(
                    f"{service.name} at {self._settings.url(service)} lives in the real time, which nobody moves.",
                    "Start the stack with a simulated clock, such as `baton up --simulated-clock`.",
                )
        events = {writer.name: await self._has_events(writer) for writer in WRITERS}
        if await self._reporting_knows_events() or any(events.values()):
            raise Unmet(
                "This stack holds data already, an earlier demo's or somebody's, and a demo needs one without.",
                "Start one with fresh data; `docker compose down --volumes` removes all that such a stack holds.",
            )

    async def move_clock(self, clock: SimulatedClock, when: datetime) -> None:
        """Let it be `when`, for every service.

        Raises:
            Unmet: a service does not follow; then the clock is put back to the real time.
        """
        try:
            clock.move_to(when)
        except OSError as error:
            raise Unmet(f"The stack's clock {clock.path} cannot be moved: {error.strerror}.") from None
        for service in SERVICES:
            if abs(await self._time_of(service) - clock.now()) > _ABOUT:
                clock.move_to(datetime.now(UTC))
                raise Unmet(
                    f"{service.name} does not live in the time of {clock.path}.",
                    "Point BATON_VAR at the directory whose clock/ the services read.",
                )

    async def _time_of(self, service: ServiceDescription) -> datetime:
        return datetime.fromisoformat((await self._ask(service, "/clock")).json()["now"])

    async def _has_events(self, writer: ServiceDescription) -> bool:
        token = service_token(self._settings, writer, lasts=_TOKEN_LASTS)
        headers = {"authorization": f"Bearer {token}"}
        found = await self._ask(writer, "/events", params={"from": 0, "limit": 1}, headers=headers)
        if found.status_code == HTTPStatus.UNAUTHORIZED:
            raise Unmet(
                f"{writer.name} at {self._settings.url(writer)} does not take what is signed with the key in "
                f"{self._settings.secrets}.",
                "Point BATON_VAR at the directory whose secrets/ that stack was started with.",
            )
        return bool(found.json()["events"])

    async def _reporting_knows_events(self) -> bool:
        reporting = next(service for service in SERVICES if not service.is_writer)
        return bool((await self._ask(reporting, "/reports/roles.json")).json()["position"])

    async def _ask(self, service: ServiceDescription, path: str, **request: Any) -> httpx.Response:
        url = self._settings.url(service)
        try:
            found = await self._clients[service.name].get(path, **request)
        except httpx.TransportError:
            raise Unmet(
                f"Nobody answers as {service.name} at {url}.",
                f"Start the stack, or say where it is: BATON_{service.name.upper()}_HOST and _PORT.",
            ) from None
        if found.status_code not in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}:
            raise Unmet(f"{service.name} at {url} is not ready: it answers {found.status_code} to {path}.")
        return found


@asynccontextmanager
async def another_stack(settings: StackSettings) -> AsyncIterator[AnotherStack]:
    """The stack that the settings lead to."""
    clients = {
        service.name: httpx.AsyncClient(base_url=settings.url(service), timeout=_ANSWER_S, trust_env=False)
        for service in SERVICES
    }
    try:
        yield AnotherStack(settings, clients)
    finally:
        for client in clients.values():
            await client.aclose()
