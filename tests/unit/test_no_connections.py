"""The guard in conftest.py was seen to work."""

import asyncio
import socket

import pytest


def test_a_unit_test_cannot_connect() -> None:
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match="tried to reach"):
        client.connect(("127.0.0.1", 9))


async def test_nor_through_asyncio() -> None:
    with pytest.raises(pytest.fail.Exception, match="tried to reach"):
        await asyncio.open_connection("127.0.0.1", 9)
