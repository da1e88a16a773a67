"""The reports of the demo, now and as of then, equal what a second reader makes of the exported events."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from deploy.demo.trust import TERM_DATES
from deploy.settings import StackSettings
from shared.clock import SimulatedClock
from tests.e2e.conftest import Baton
from tests.support import fold

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

HALF_TERM = next(term for term in TERM_DATES["half_terms"] if term["name"] == "A2")
# Moments stand outside reports: all reports of a moment come together, while its read models are kept.
FIRST, LAST = date.fromisoformat(HALF_TERM["starts_on"]), date.fromisoformat(HALF_TERM["ends_on"])
FRIDAYS = [FIRST + timedelta(days=day) for day in range((LAST - FIRST).days + 1) if (FIRST.weekday() + day) % 7 == 4]
PATIENCE_S = 120
PARTS_OF_THE_LOG = (0.3, 0.55, 0.9)
SCHEMES = {"TSA", "MAT", "NLE", "NSS", "NLG", "LLE", "SLE"}


@pytest.fixture(scope="module")
def exported(demo: StackSettings, baton: Baton, tmp_path_factory: pytest.TempPathFactory) -> list[fold.Event]:
    """Every event of the demo."""
    path: Path = tmp_path_factory.mktemp("export") / "events.jsonl"
    done = baton("events", "export", "--out", str(path))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True, slots=True)
class Published:
    """A report as JSON."""

    rows: list[fold.Row]
    position: dict[str, int]


def published(settings: StackSettings, model: str, **asked: str) -> Published:
    """A report as it is served. Past moments are kept for a minute, and when too many are, one is told to come back."""
    url = f"http://127.0.0.1:{settings.reporting_port}/reports/{model}.json"
    deadline = monotonic() + PATIENCE_S
    while (answer := httpx.get(url, params=asked, timeout=60)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
        assert answer.json()["code"] == "as_of_busy"
        assert monotonic() < deadline, answer.text
        sleep(1)
    found = answer.raise_for_status().json()
    return Published(found["rows"], found["position"])


# The reports


@pytest.mark.parametrize("model", fold.reports)
def test_a_report_now(demo: StackSettings, exported: list[fold.Event], model: str) -> None:
    clock = SimulatedClock(demo.clock)
    earliest = clock.now()
    report = published(demo, model)
    latest = clock.now()

    differences = [
        fold.first_difference(model, report.rows, fold.rows(model, exported, at)) for at in (earliest, latest)
    ]

    assert report.rows
    assert None in differences, differences[0]  # between the two it may have become overdue
    assert report.position == position(exported)


@pytest.mark.parametrize("model", fold.reports)
@pytest.mark.parametrize("day", FRIDAYS[1:6], ids=str)
def test_a_report_as_of_the_end_of_a_week(
    demo: StackSettings, exported: list[fold.Event], model: str, day: date
) -> None:
    at = end_of(day)

    report = published(demo, model, as_of=day.isoformat())

    assert fold.first_difference(model, report.rows, fold.rows(model, exported, at)) is None
    assert report.position == position(event for event in exported if fold.instant(event["time"]) <= at)


@pytest.mark.parametrize("model", fold.reports)
@pytest.mark.parametrize("part", PARTS_OF_THE_LOG)
def test_a_report_as_of_an_event(demo: StackSettings, exported: list[fold.Event], model: str, part: float) -> None:
    log = [event for event in exported if event["service"] == "collaboration"]
    event = log[int(len(log) * part)]
    at, upto = fold.instant(event["time"]), ("collaboration", event["logindex"])

    report = published(demo, model, as_of=f"event:collaboration:{event['logindex']}")

    assert fold.first_difference(model, report.rows, fold.rows(model, exported, at, upto)) is None
    assert report.position["collaboration"] == event["logindex"]


@pytest.mark.parametrize("model", ["focus", "loop"])
def test_a_report_of_one_school(demo: StackSettings, exported: list[fold.Event], model: str) -> None:
    """No school of the demo changes its URN, so these are the rows of that URN."""
    at = end_of(LAST)
    everything = fold.rows(model, exported, at)

    for urn in sorted({row["urn"] for row in everything}):
        report = published(demo, model, as_of=LAST.isoformat(), school=urn)
        of_it = [row for row in everything if row["urn"] == urn]
        assert fold.first_difference(model, report.rows, of_it) is None


def test_the_weeks_differ(exported: list[fold.Event]) -> None:
    """What the comparison goes through: every state, and a half-term in which something happens each week."""
    weeks = [fold.rows("focus", exported, end_of(day)) for day in FRIDAYS]
    raised = [fold.rows("loop", exported, end_of(day)) for day in FRIDAYS]

    assert len(FRIDAYS) == 7
    assert all(before != after for before, after in pairwise(weeks))
    assert all(before != after for before, after in pairwise(raised))
    assert {row["state"] for rows in weeks for row in rows} == {
        "red",
        "amber",
        "green",
        "not_applicable",
        "no_answer",
        "overdue",
    }
    assert {row["effect"] for row in raised[-1]} >= {"better", "same", "worse"}
    assert {row["acknowledged_within_2_working_days"] for rows in raised for row in rows} == {True, False, None}
    assert any(row["corrections"] for row in weeks[-1])


def test_what_a_schemes_leaders_do_is_said(demo: StackSettings) -> None:
    """`functions` is in no event, so the fold leaves it out."""
    rows = published(demo, "roles").rows

    assert {row["scheme"] for row in rows} == SCHEMES
    assert all(isinstance(row["functions"], str) and row["functions"] for row in rows)


# The chain


def test_every_streams_chain_recomputes_from_the_lines(exported: list[fold.Event]) -> None:
    assert first_break(exported) is None


def test_each_log_is_exported_without_a_hole(exported: list[fold.Event]) -> None:
    numbers = defaultdict(list)
    for event in exported:
        numbers[event["service"]].append(event["logindex"])

    assert set(numbers) == {"talent", "cpd", "collaboration"}
    assert all(of_service == list(range(len(of_service))) for of_service in numbers.values())


@pytest.mark.parametrize(
    "change",
    [
        {"time": "2026-11-02T08:00:00.000001Z"},
        {"actor": "somebody-else"},
        {"urn": "900099"},
        {"data": {}},
        {"prev_hash": "00" * 32},
        {"version": 7},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_line_breaks_its_chain(exported: list[fold.Event], change: Mapping[str, Any]) -> None:
    at = next(n for n, event in enumerate(exported) if event["stream"].startswith("answer-") and event["version"] == 2)
    changed = {**exported[at], **change}

    assert first_break([*exported[:at], changed, *exported[at + 1 :]]) == f"{changed['stream']} {changed['version']}"
    assert first_break([*exported[:at], *exported[at + 1 :]]) is not None or changed["version"] == 7


def first_break(events: Iterable[fold.Event]) -> str | None:
    """The stream and version of the first line that does not follow from the one before it in its stream."""
    heads: dict[tuple[str, str], tuple[int, bytes]] = {}
    for event in events:
        stream = (event["service"], event["stream"])
        version, head = heads.get(stream, (0, bytes(32)))
        if (
            event["version"] != version + 1
            or event["prev_hash"] != head.hex()
            or event["hash"] != chain_hash(head, event).hex()
        ):
            return f"{event['stream']} {event['version']}"
        heads[stream] = (event["version"], bytes.fromhex(event["hash"]))
    return None


def chain_hash(previous: bytes, event: fold.Event) -> bytes:
    """SHA-256 of "ev1", the hash before, the envelope with its length in four bytes, and the hash of the record."""
    envelope = {
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "source": f"/{event['service']}",
        "subject": event["stream"],
        "streamversion": event["version"],
        **{name: event[name] for name in ("id", "type", "time", "happenedat", "trustuid", "actor", "correlationid")},
        **{name: event[name] for name in ("urn", "causationid", "chaindepth") if event[name] is not None},
    }
    meta, record = canonical(envelope), canonical(event["data"])
    return sha256(b"ev1" + previous + len(meta).to_bytes(4, "big") + meta + sha256(record).digest()).digest()


def canonical(content: object) -> bytes:
    """RFC 8785, for JSON without fractions and with ASCII names."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def end_of(day: date) -> datetime:
    """The last moment of a day in London."""
    return datetime.combine(day + timedelta(days=1), time(), fold.LONDON) - timedelta(microseconds=1)


def position(events: Iterable[fold.Event]) -> dict[str, int]:
    """Of each service, the last log index."""
    last: dict[str, int] = {}
    for event in events:
        last[event["service"]] = max(last.get(event["service"], 0), event["logindex"])
    return last
