"""The writers' doors by their addresses, as who comes from outside opens them: with a token or an API key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from deploy.description import WRITERS
from deploy.door import Door
from deploy.errors import Unmet
from deploy.settings import stack_settings

_TIMEOUT_S = 60.0
_ATTEMPTS = 40  # with pauses of at most ten seconds: some six minutes, in which a service has long started again
_TITLE = "Baton: "


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors that are known, by service."""

    doors: Mapping[str, Door]

    def of(self, service: str) -> Door:
        """A service's door.

        Raises:
            Unmet: its address is not known.
        """
        if service not in self.doors:
            raise Unmet(f"There are events for {service}, and its address is not known.", "Name it, too.")
        return self.doors[service]


@asynccontextmanager
async def doors(
    addresses: Sequence[str], proof: Mapping[str, str], waiting: Callable[[str], None]
) -> AsyncIterator[Doors]:
    """The doors at these addresses; without any, this stack's.

    Args:
        proof: the headers that say who comes.
        waiting: told why a request has to be sent again.

    Raises:
        Unmet: an address is none of a service that takes events.
    """
    async with AsyncExitStack() as opened:

        async def door(address: str, service: str) -> Door:
            client = httpx.AsyncClient(base_url=address, headers=proof, timeout=_TIMEOUT_S, trust_env=False)
            await opened.enter_async_context(client)
            return Door(service, client, attempts=_ATTEMPTS, waiting=waiting)

        if not addresses:
            settings = stack_settings()
            yield Doors({writer.name: await door(settings.url(writer), writer.name) for writer in WRITERS})
            return
        named = [(await _service_at(address), address) for address in addresses]
        yield Doors({service: await door(address, service) for service, address in named})


async def _service_at(address: str) -> str:
    """Which service it is: it says so in its API's description."""
    async with httpx.AsyncClient(base_url=address, timeout=_TIMEOUT_S, trust_env=False) as client:
        content = await Door("the service", client).ask("GET", "/openapi.json")
    title = str(content.get("info", {}).get("title", ""))
    name = title.removeprefix(_TITLE).lower()  # its title is for people
    if not title.startswith(_TITLE) or name not in {writer.name for writer in WRITERS}:
        raise Unmet(f"{address} is no service that takes events.", "Name the address of talent, cpd or collaboration.")
    return name
