"""A run is told as a table, as JSON and as a picture that opens by itself."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import timedelta
from io import StringIO
from pathlib import Path

from rich.console import Console

from tests.faults import telling
from tests.faults.cluster import Mark
from tests.faults.oracle import judge
from tests.faults.planting import lost
from tests.faults.running import Result
from tests.faults.test_oracle import START, history
from tests.support.story import Story, again

SVG = "{http://www.w3.org/2000/svg}"


def result() -> Result:
    story = Story(now=START)
    for count in range(1, 9):
        story.later(seconds=1)
        story.declares("Dene", "NLE", "leader", count=count, as_at=START.date())
    left = lost(history([again(d, correlation_id=f"claim-{n}") for n, d in enumerate(story.told)]))
    began = START.timestamp()
    marks = [
        Mark("killed", "kafka", began + 2, began + 5),
        Mark("stood still", "talent", began + 3, began + 4),
        Mark("died at relay.after_ack", "talent", began + 6),
    ]
    return Result(
        row="A1",
        seed=7,
        began=began,
        seconds=timedelta(seconds=12).total_seconds(),
        anomalies=judge(left),
        missed=["what it expected"],
        notes={"cuts": 3},
        marks=marks,
        history=left,
        drained_s=None,
    )


def test_the_page_the_pictures_and_the_json_are_written(tmp_path: Path) -> None:
    telling.write([result()], tmp_path)

    picture = ET.parse(tmp_path / "A1-7.svg").getroot()  # noqa: S314 - we wrote it ourselves
    told = json.loads((tmp_path / "results.json").read_text())
    assert len(picture.findall(f"{SVG}polyline")) == 4, "accepted, published, visible and the lag"
    assert len(picture.findall(f"{SVG}rect/{SVG}title")) == 3, "three marks"
    assert told[0]["row"] == "A1"
    assert told[0]["kills"] == 2
    assert told[0]["lost"] == 1
    assert told[0]["verdict"] == "FAILED"
    assert sum(told[0]["per_second"]["visible"]) == 7
    assert "A1 on seed 7" in (tmp_path / "index.html").read_text()


def test_the_table_says_what_is_wrong() -> None:
    said = StringIO()

    telling.show([result()], Console(file=said, width=200))

    assert "lost-write" in said.getvalue()
    assert "what it expected" in said.getvalue()
    assert "FAILED" in said.getvalue()
