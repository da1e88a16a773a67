"""The drill's breaks fit the code as it is; `make faults ARGS=--drill` plays them."""

from __future__ import annotations

import pytest

from tests.faults.drill import BREAKS, Break, broken
from tests.faults.oracle import ANOMALIES
from tests.faults.rows import ROWS


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.guarantee)
def test_a_break_can_be_made_and_its_code_still_compiles(one: Break) -> None:
    assert one.anomaly in ANOMALIES
    assert one.row in ROWS
    with broken(one.changes) as root:
        for file in {file for file, _, _ in one.changes if file.endswith(".py")}:
            compile((root / file).read_text(encoding="utf-8"), file, "exec")


def test_what_is_not_there_cannot_be_broken() -> None:
    with pytest.raises(LookupError, match="0 times"), broken([("shared/clock.py", "no such line", "")]):
        pass
