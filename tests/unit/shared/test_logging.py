"""A log line is one line, whatever its fields hold."""

from __future__ import annotations

import json
import subprocess
import sys

TEXT = "one\r\ntwo\x1b[31mred\x07\u2028\u202e\x7f"
PROGRAM = f"""
import structlog
from shared import logging
logging.configure("talent")
structlog.get_logger().warning("claim_refused", id={TEXT!r})
structlog.get_logger().info({TEXT!r})
"""
FAILING = """
import asyncio
import logging as libraries
import structlog
from shared import logging
logging.configure("talent")


def parse():
    try:
        raise ValueError("Zebedee Marker")
    except ValueError as error:
        raise ExceptionGroup("Zebedee Marker", [KeyError("Zebedee Marker")]) from error


async def forgotten():
    asyncio.get_running_loop().set_exception_handler(logging.unhandled)
    asyncio.create_task(asyncio.to_thread(parse))
    await asyncio.sleep(0.2)
    import gc
    gc.collect()


try:
    parse()
except ExceptionGroup:
    libraries.getLogger("uvicorn.error").exception("Exception in ASGI application")
    structlog.get_logger().exception("request_failed")
asyncio.run(forgotten())
"""


def test_an_error_is_told_without_its_message_which_may_quote_what_somebody_wrote() -> None:
    said = subprocess.run([sys.executable, "-c", FAILING], capture_output=True, check=True)

    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert b"Marker" not in said.stdout + said.stderr
    assert [line["event"] for line in lines] == ["Exception in ASGI application", "request_failed", "unhandled"]
    for line in lines:
        assert "in parse" in line["exception"]
        assert [kind in line["exception"] for kind in ("ValueError", "ExceptionGroup", "KeyError")] == [True] * 3


def test_a_record_is_one_line_of_json_without_control_characters() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout

    first, second = said.splitlines()
    assert all(0x20 <= byte < 0x7F or byte == 0x0A for byte in said)
    assert (json.loads(first)["id"], json.loads(second)["event"]) == (TEXT, TEXT)
