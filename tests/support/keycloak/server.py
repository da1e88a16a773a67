"""A Keycloak that runs, with the trust's realm in it, and what its administrator does there."""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local import processes
from deploy.local.commands import tool_environment
from deploy.local.ports import free_port
from tests.stack import scratch_directory
from tests.support.keycloak.distribution import command, directory

_REALM = Path(__file__).with_name("realm.json")
_DASHBOARD = "http://dashboard.example"
_READY_S = 90.0


@dataclass(frozen=True, slots=True)
class Keycloak:
    """A running one."""

    address: str
    admin: httpx.AsyncClient

    @property
    def issuer(self) -> str:
        return f"{self.address}/realms/trust"

    async def token_of(self, user: str, client: str) -> str:
        """An access token for somebody, with a password alone."""
        form = {"grant_type": "password", "username": user, "password": f"made-up-{user}", "scope": "openid"}
        answer = await self.admin.post(
            "/realms/trust/protocol/openid-connect/token", data=form, auth=(client, f"made-up-secret-of-{client}")
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    async def take_role(self, user: str, role: str) -> None:
        """The administrator takes a role from somebody."""
        of_user, [baton] = await self._user(user), await self._get("/admin/realms/trust/clients?clientId=baton")
        of_client = f"/admin/realms/trust/clients/{baton['id']}/roles/{role}"
        content = [await self._get(of_client)]
        path = f"/admin/realms/trust/users/{of_user['id']}/role-mappings/clients/{baton['id']}"
        (await self.admin.request("DELETE", path, json=content)).raise_for_status()

    async def disable(self, user: str) -> None:
        """The administrator closes somebody's account."""
        known = await self._user(user)
        answer = await self.admin.put(f"/admin/realms/trust/users/{known['id']}", json={**known, "enabled": False})
        answer.raise_for_status()

    async def _user(self, name: str) -> dict[str, Any]:
        [user] = await self._get(f"/admin/realms/trust/users?username={name}&exact=true")
        found: dict[str, Any] = user
        return found

    async def _get(self, path: str) -> Any:
        answer = await self.admin.get(path)
        answer.raise_for_status()
        return answer.json()


@asynccontextmanager
async def running(dashboard: str) -> AsyncIterator[Keycloak]:
    """One whose realm knows the dashboard at an address; gone afterwards."""
    port, password = free_port(), secrets.token_urlsafe(12)
    address = f"http://127.0.0.1:{port}"
    with scratch_directory() as scratch:
        record = scratch / "var" / "run" / "keycloak.json"
        processes.spawn(
            command(
                directory(),
                "start",
                "--optimized",
                "--http-enabled=true",
                "--http-host=127.0.0.1",
                f"--http-port={port}",
                f"--hostname={address}",
                "--cache=local",
            ),
            record=record,
            log=scratch / "keycloak.log",
            port=port,
            cwd=scratch,
            environment={
                **tool_environment(),
                "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
                "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
            },
        )
        try:
            async with httpx.AsyncClient(base_url=address, timeout=30) as client:
                await _ready(client, record, scratch / "keycloak.log")
                await _fill(client, password, dashboard)
                yield Keycloak(address, client)
        finally:
            await processes.stop(record)


async def _ready(client: httpx.AsyncClient, record: Path, log: Path) -> None:
    deadline = time.monotonic() + _READY_S
    while processes.running(record) and time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if (await client.get("/realms/master")).is_success:
                return
        await asyncio.sleep(0.2)
    raise AssertionError(await asyncio.to_thread(log.read_text))


async def _fill(client: httpx.AsyncClient, password: str, dashboard: str) -> None:
    """The administrator signs in and makes the realm."""
    form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": password}
    answer = await client.post("/realms/master/protocol/openid-connect/token", data=form)
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    realm = json.loads(_REALM.read_text(encoding="utf-8").replace(_DASHBOARD, dashboard))
    made = await client.post("/admin/realms", json=realm)
    assert made.is_success, made.text


def one_time_code(user: str) -> str:
    """What somebody's phone shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(f"made-up-otp-of-{user}".encode(), counter, "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
