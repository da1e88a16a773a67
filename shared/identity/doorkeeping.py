"""Who is at the door: whatever proves somebody is looked at here, and nowhere else.

An API key, or a token. A token that names a client is only as good as the client's row is now.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import ceil

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from shared.identity.clients import Clients
from shared.identity.principal import LockedOut, NotAuthenticated, Principal
from shared.identity.tokens import Verifier

api_key_header = "X-API-Key"
"""`<client_id>.<secret>`."""

_wrong_secrets = (parse("10/minute"), parse("30/hour"))
"""Of one client from one address. Not of a client from everywhere: or whoever knows its id could lock it out."""
_wrong_from_one_address = (parse("60/minute"), parse("200/hour"))

_longest_id = 100


class Doorkeeper:
    """Turns what a request carries into a principal.

    Args:
        clients: of a service that schools' machines come to; None: only tokens are taken, and none of a client.
    """

    def __init__(self, verifier: Verifier, clients: Clients | None = None) -> None:
        self._verifier = verifier
        self._clients = clients
        self._attempts = FixedWindowRateLimiter(MemoryStorage())

    async def principal(self, headers: Mapping[str, str], address: str) -> Principal:
        """Who asks.

        Args:
            headers: of the request; their names in any case.
            address: where it comes from: guessing secrets is slowed down by it.

        Raises:
            NotAuthenticated: nothing proves anybody, or it does not hold.
            LockedOut: too many wrong secrets came from there.
        """
        authorization, key = headers.get("authorization"), headers.get(api_key_header)
        if authorization is not None and key is not None:
            raise NotAuthenticated("Send a token or an X-API-Key, not both.")
        if key is not None:
            client_id, _, secret = key.partition(".")
            return await self.proven(client_id, secret, address)
        who = await self._verifier.principal(authorization)
        if who.client is None:
            return who
        return await self._of_clients().named(who.client)

    async def proven(self, client_id: str, secret: str, address: str) -> Principal:
        """A client by its secret; where many were wrong, none is looked at for a while, and longer if it goes on.

        Raises:
            NotAuthenticated, LockedOut: as for a request.
        """
        watched = [(limit, (client_id[:_longest_id], address)) for limit in _wrong_secrets]
        watched += [(limit, ("", address)) for limit in _wrong_from_one_address]
        waits = [self._wait(limit, whose) for limit, whose in watched]
        if any(waits):
            raise LockedOut(max(waits))
        try:
            return await self._of_clients().proven(client_id, secret)
        except NotAuthenticated:
            for limit, whose in watched:
                self._attempts.hit(limit, *whose)
            raise

    def _wait(self, limit: RateLimitItem, whose: tuple[str, str]) -> int:
        """How many seconds until a secret is looked at again; 0: now."""
        if self._attempts.test(limit, *whose):
            return 0
        return seconds_until_reset(self._attempts, limit, *whose)

    def _of_clients(self) -> Clients:
        if self._clients is None:
            raise NotAuthenticated("Machines of schools have no business here: their doors are those of the writers.")
        return self._clients


def seconds_until_reset(rates: RateLimiter, limit: RateLimitItem, *whose: str) -> int:
    """How long whoever has reached a limit waits: what `Retry-After` says."""
    return max(1, ceil(rates.get_window_stats(limit, *whose).reset_time - time.time()))
