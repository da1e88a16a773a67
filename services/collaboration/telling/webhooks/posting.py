"""One POST to a webhook. The status alone is the answer: no body is read, and no redirect followed."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime

import httpx

from services.collaboration.telling.webhooks.addresses import Unfit, checked, resolved
from services.collaboration.telling.webhooks.signing import Signer
from shared.vault import Vault

patience_seconds = 10.0
GONE = "its receiver says that it is gone (410)"


class Poster:
    """Posts what it is given, signed.

    Args:
        vault: has the key to sign with.
        loopback: whether http and this machine's own addresses are allowed, as on a developer's machine.
        trusted: whom receivers' certificates have to be signed by; None: those that this machine trusts.
    """

    def __init__(self, vault: Vault, *, loopback: bool, trusted: ssl.SSLContext | None = None) -> None:
        self._vault = vault
        self._loopback = loopback
        self._client = httpx.AsyncClient(
            verify=trusted or ssl.create_default_context(),
            trust_env=False,  # a proxy would resolve the name anew
            follow_redirects=False,
            timeout=patience_seconds,
            limits=httpx.Limits(max_keepalive_connections=0),  # two names at one address share no connection
        )

    async def start(self) -> None:
        """Get the key."""
        self._signer = await Signer.of(self._vault)

    async def stop(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def post(self, url: str, content_type: str, body: bytes) -> str | None:
        """Post to a webhook; None when it was taken, else what is wrong, in our words."""
        try:
            async with asyncio.timeout(patience_seconds):
                status = await self._status(url, content_type, body)
        except Unfit as unfit:
            return str(unfit)
        except (TimeoutError, httpx.TimeoutException):
            return f"its receiver did not answer within {patience_seconds:.0f} seconds"
        except httpx.ConnectError:
            return "its receiver cannot be connected to"
        except httpx.HTTPError:
            return "its receiver broke off, or answered what is not HTTP"
        if status == httpx.codes.GONE:
            return GONE
        if httpx.codes.is_redirect(status):
            return f"its receiver sends us elsewhere ({status}), where we do not go"
        return None if httpx.codes.is_success(status) else f"its receiver answered {status}"

    async def _status(self, url: str, content_type: str, body: bytes) -> int:
        target = checked(url, loopback=self._loopback)
        address = await resolved(target, loopback=self._loopback)
        request = self._client.build_request(
            "POST",
            target.copy_with(host=address),
            content=body,
            headers={
                "host": target.netloc.decode(),
                "user-agent": "baton",
                **self._signer.headers(str(target), content_type, body, datetime.now(UTC)),
            },
            extensions={"sni_hostname": target.raw_host.decode()},
        )
        response = await self._client.send(request, stream=True)
        await response.aclose()
        return response.status_code
