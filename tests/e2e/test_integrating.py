"""docs/integrating.md, carried out word by word from an empty directory, on the stack of the demo.

On a secured stack, with what it says of Kafka's passwords: tests/integration/test_secured_stack.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.settings import ROOT, StackSettings
from tests.support.guide import carry_out

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_the_guide_is_carried_out_from_an_empty_directory(lived_in: StackSettings, tmp_path: Path) -> None:
    (tmp_path / "kafka.properties").write_text(f"bootstrap.servers={lived_in.kafka}\n")  # Kafka lets everybody in here

    carry_out(ROOT / "docs/integrating.md", lived_in, tmp_path, but="secured")
