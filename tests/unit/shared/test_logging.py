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


def test_a_record_is_one_line_of_json_without_control_characters() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout

    first, second = said.splitlines()
    assert all(0x20 <= byte < 0x7F or byte == 0x0A for byte in said)
    assert (json.loads(first)["id"], json.loads(second)["event"]) == (TEXT, TEXT)
