"""docs/auditing.md, carried out word by word from an empty directory, on the stack of the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.settings import ROOT, StackSettings
from tests.support.guide import carry_out

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def test_the_guide_is_carried_out_from_an_empty_directory(demo: StackSettings, tmp_path: Path) -> None:
    carry_out(ROOT / "docs/auditing.md", demo, tmp_path)
