"""docs/integrating.md, carried out word by word from an empty directory, on the stack of the demo."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from deploy.clients import admit_client
from deploy.settings import ROOT, StackSettings
from tests.stack import told
from tests.support.guide import Block, Reader, blocks

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

GUIDE = ROOT / "docs/integrating.md"
SCHOOL, CLIENT = "900001", "school-900001"


async def test_the_guide_is_carried_out_from_an_empty_directory(
    lived_in: StackSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in told(lived_in).items():
        monkeypatch.setenv(name, text)
    directory = tmp_path / "empty"
    directory.mkdir()
    operator = Reader(directory, {**os.environ, "PATH": _path(), "PYTHONPATH": str(ROOT)}, {})
    developer = Reader(directory, {"PATH": _path(), "PYTHONPATH": str(ROOT)}, _ports(lived_in))

    all_told = blocks(GUIDE)
    operator.carries_out([block for block in all_told if block.label == "operator"])
    _, secret = await admit_client(CLIENT, [SCHOOL], new_secret=True)
    developer.replaced = {**developer.replaced, "the secret that you were given": str(secret)}
    (directory / "kafka.properties").write_text(f"bootstrap.servers={lived_in.kafka}\n")  # here Kafka lets everybody in

    developer.carries_out([block for block in all_told if _is_for_here(block)])


def _is_for_here(block: Block) -> bool:
    return block.label not in ("operator", "secured")


def _path() -> str:
    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def _ports(stack: StackSettings) -> dict[str, str]:
    services = {8101: stack.talent_port, 8102: stack.cpd_port, 8103: stack.collaboration_port, 9092: stack.kafka_port}
    return {f"127.0.0.1:{there}": f"127.0.0.1:{here}" for there, here in services.items()}
