"""What somebody sees who interrupts a command: that it was, and nothing else."""

from __future__ import annotations

import asyncio
import gc
import os
import signal

import pytest

from deploy.baton import output
from deploy.errors import Unmet


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_command_keeps_what_a_library_left_unasked_to_itself(
    number: signal.Signals,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def connecting() -> None:
        connected = asyncio.get_running_loop().create_future()
        os.kill(os.getpid(), number)
        try:
            await asyncio.sleep(60)
        finally:
            connected.set_exception(ConnectionError("lost while it was made"))
            del connected
            gc.collect()

    with pytest.raises(Unmet, match=r"^Interrupted\.$"):
        output.run(connecting())

    assert caplog.messages == []


def test_a_task_that_fails_while_it_stops_is_still_said(caplog: pytest.LogCaptureFixture) -> None:
    async def spoil() -> None:
        raise ValueError("the record could not be removed")

    async def stopping() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(60)
        finally:
            task = asyncio.create_task(spoil())
            await asyncio.wait([task])
            del task
            gc.collect()

    with pytest.raises(Unmet, match=r"^Interrupted\.$"):
        output.run(stopping())

    assert "the record could not be removed" in caplog.text


def test_what_goes_wrong_while_it_stops_is_still_said(caplog: pytest.LogCaptureFixture) -> None:
    def spoil() -> None:
        raise ValueError("the record could not be removed")

    async def stopping() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(60)
        finally:
            asyncio.get_running_loop().call_soon(spoil)
            await asyncio.sleep(0)

    with pytest.raises(Unmet, match=r"^Interrupted\.$"):
        output.run(stopping())

    assert "spoil" in caplog.text
