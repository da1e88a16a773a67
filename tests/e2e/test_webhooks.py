"""Webhooks as an operator looks after them, on a real stack: the command says what its receiver says."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from deploy.settings import StackSettings
from tests.e2e.conftest import Baton
from tests.support.receiver import receiving
from tests.support.writer import until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

HIGHFIELDS = "900008"


async def test_a_webhook_is_added_tried_out_listed_and_removed(lived_in: StackSettings, baton: Baton) -> None:
    async def said(*arguments: str) -> Any:
        """Beside the receiver, which has to answer meanwhile."""
        done = await asyncio.to_thread(baton, "webhook", *arguments, "--json")
        return done.stderr if done.returncode else json.loads(done.stdout)

    async with receiving() as receiver:
        url = receiver.url()
        assert await said("add", HIGHFIELDS, url) == {"urn": HIGHFIELDS, "url": url}

        async def has_what_is_open() -> bool:
            return "StandardAgendaItemIssued" in receiver.types

        await until(has_what_is_open)
        receiver.answers.append(503)
        assert "Not every webhook took it" in await said("test", HIGHFIELDS)
        assert await said("test", HIGHFIELDS) == {"url": url, "answer": "taken"}
        [listed] = await said("list")
        assert (listed["urn"], listed["url"], listed["given_up"]) == (HIGHFIELDS, url, 0)
        await said("remove", HIGHFIELDS, url)

    assert "not told at this URL" in await said("remove", HIGHFIELDS, url)
    assert "it has to begin with https://" in await said("add", HIGHFIELDS, "http://mis.example/")
