"""A report as a file, opened by readers that had no part in writing it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import openpyxl
import pytest
import rfc8785
from fastapi import FastAPI

from services.reporting import api, codes, exports
from services.reporting.feed import Feed
from services.reporting.reports import meanings, reports
from shared import problems
from tests.support import read_model
from tests.support.northmoor import NOW, northmoor

NASTY = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", 'quote " and, comma\r\n', "plain"]  # noqa: RUF001
VALUES = {
    "none": None,
    "yes": True,
    "n": -1,
    "whole": 2.0,
    "part": 2.25,
    "day": date(2026, 9, 1),
    "at": datetime(2026, 7, 1, 10, 0, 0, 250_000, UTC),
    "id": UUID(int=1),
    "list": ["=a"],
}


async def _nasty(_conn: Any, *, at: datetime, school: str | None) -> list[dict[str, Any]]:
    return [{"=text": text, **VALUES} for text in NASTY]


async def _empty(_conn: Any, *, at: datetime, school: str | None) -> list[dict[str, Any]]:
    return []


REPORTS: Any = {
    **reports,
    "nasty": SimpleNamespace(needs=(), rows=_nasty, title="Nasty", __doc__="\n- n, day: what they are\n"),
    "empty": SimpleNamespace(needs=(), rows=_empty, title="Empty", __doc__="\n- one: the first\n- two: the =2nd\n"),
}


@pytest.fixture
async def client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    async with read_model.telling(database, northmoor().told) as pool:
        reading = read_model.reading(pool, read_model.HandClock(NOW))
        app = FastAPI()
        problems.install(app, "reporting")
        app.include_router(api.router(reading, REPORTS, Feed(pool)))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting") as client:
            yield client


async def test_json_says_what_its_rows_are_of(client: httpx.AsyncClient) -> None:
    content = (await client.get("/reports/focus.json", params={"state": "red", "school": "900004"})).json()
    rows = content.pop("rows")

    assert len(rows) == 1
    assert content == {
        "model": "focus",
        "as_of": None,
        "judged_at": "2026-11-20T17:30:00.000000Z",
        "position": {"collaboration": 163, "talent": 13},
        "filters": {"school": "900004", "state": "red"},
        "row_count": 1,
        "sha256": hashlib.sha256(rfc8785.dumps(rows)).hexdigest(),
        "receipt": codes.read(content["receipt"]),
    }


async def test_the_hash_is_of_the_rows_in_canonical_form(client: httpx.AsyncClient) -> None:
    for model in REPORTS:
        content = (await client.get(f"/reports/{model}.json")).json()

        assert content["sha256"] == hashlib.sha256(rfc8785.dumps(content["rows"])).hexdigest(), model
        assert content["row_count"] == len(content["rows"]), model


async def test_csv_says_the_same_beside_its_rows(client: httpx.AsyncClient) -> None:
    as_json = (await client.get("/reports/focus.json?as_of=2026-11-17&state=green")).json()
    answer = await client.get("/reports/focus.csv?as_of=2026-11-17&state=green")
    said = answer.headers
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))

    assert len(rows) == int(said["baton-row-count"]) == as_json["row_count"] > 0
    assert (said["baton-model"], said["baton-sha256"]) == ("focus", as_json["sha256"])
    assert said["baton-as-of"] == as_json["as_of"] == said["baton-judged-at"] == "2026-11-17T23:59:59.999999Z"
    assert json.loads(said["baton-position"]) == as_json["position"]
    assert json.loads(said["baton-filters"]) == {"state": "green"}
    code = said["baton-receipt"]
    assert said["link"] == f'<http://reporting/verify/{code}>; rel="describedby"'
    assert said["content-disposition"] == f'attachment; filename="focus_2026-11-17_{code}.csv"'
    assert list(rows[0]) == list(as_json["rows"][0])


async def test_csv_holds_no_formula(client: httpx.AsyncClient) -> None:
    answer = await client.get("/reports/nasty.csv")

    assert answer.headers["content-type"].startswith("text/csv")
    header, *rows = csv.reader(io.StringIO(answer.content.decode(), newline=""))
    assert header == ["'=text", *VALUES]
    assert [row[0] for row in rows] == [*(f"'{text}" for text in NASTY[:-2]), *NASTY[-2:]]
    assert rows[0][1:] == [
        *("", "true", "-1", "2.0", "2.25", "2026-09-01"),
        *("2026-07-01T10:00:00.250000+00:00", str(UUID(int=1)), '["=a"]'),
    ]


async def test_xlsx_keeps_what_each_cell_is(client: httpx.AsyncClient) -> None:
    sheet = await _sheet(client, "/reports/nasty.xlsx", "Rows")
    header, first, *_ = sheet.iter_rows()
    cells = dict(zip((cell.value for cell in header), first, strict=True))
    kinds = {name: (cell.data_type, cell.value) for name, cell in cells.items()}

    assert list(cells) == ["=text", *VALUES]
    assert kinds["none"] == ("n", None)
    assert kinds["yes"] == ("b", True)
    assert [kinds[name] for name in ("n", "whole", "part")] == [("n", -1), ("n", 2), ("n", 2.25)]
    assert (kinds["day"][0], str(kinds["day"][1])) == ("d", "2026-09-01 00:00:00")
    assert (kinds["at"][0], str(kinds["at"][1])) == ("d", "2026-07-01 11:00:00.250000")  # in London
    assert (cells["day"].number_format, cells["at"].number_format) == ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")
    assert (kinds["id"], kinds["list"]) == (("s", str(UUID(int=1))), ("s", '["=a"]'))


async def test_xlsx_holds_no_formula(client: httpx.AsyncClient) -> None:
    sheet = await _sheet(client, "/reports/nasty.xlsx", "Rows")
    cells = [row[0] for row in sheet.iter_rows(min_row=1)]

    assert [cell.data_type for cell in cells] == ["s"] * (1 + len(NASTY))
    assert [cell.value.replace("_x000D_", "\r") for cell in cells] == ["=text", *NASTY]
    assert [bool(cell.quotePrefix) for cell in cells] == [True] * 9 + [False] * 2


async def test_xlsx_says_what_it_is_of_and_what_its_columns_mean(client: httpx.AsyncClient) -> None:
    as_json = (await client.get("/reports/focus.json?as_of=2026-11-17&state=green")).json()
    sheet = await _sheet(client, "/reports/focus.xlsx?as_of=2026-11-17&state=green", "About")
    said = {row[0].value: row[1].value for row in sheet.iter_rows() if row[0].value}

    assert said["Report"] == "What schools answered"
    assert said["As of"] == as_json["as_of"]
    assert str(said["Judged at"]) == "2026-11-17 23:59:59"
    assert said["Events of collaboration, up to"] == as_json["position"]["collaboration"]
    assert said["Only state"] == "green"
    assert (said["Rows"], said["SHA-256"]) == (as_json["row_count"], as_json["sha256"])
    assert said["Check it at"] == f"http://reporting/verify/{said['Receipt']}"
    assert {name: said[name] for name in meanings(reports["focus"])} == meanings(reports["focus"])


async def test_nothing_recorded_still_has_its_header(client: httpx.AsyncClient) -> None:
    sheet = await _sheet(client, "/reports/empty.xlsx", "Rows")
    about = await _sheet(client, "/reports/empty.xlsx", "About")

    assert (await client.get("/reports/empty.csv")).text == '"one","two"\r\n'
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["one", "two"]]
    assert [[cell.value for cell in row[:2]] for row in about.iter_rows()][-1] == ["two", "the =2nd"]


async def test_more_rows_than_a_sheet_has_are_refused(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "most_rows", len(NASTY) - 1)
    answer = await client.get("/reports/nasty.xlsx")

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_each_file_has_a_receipt_of_its_own(client: httpx.AsyncClient) -> None:
    files = [(await client.get("/reports/nasty.csv")).headers for _ in range(2)]

    assert files[0]["baton-receipt"] != files[1]["baton-receipt"]
    assert files[0]["baton-sha256"] == files[1]["baton-sha256"]
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", h["baton-receipt"]) for h in files)


async def test_a_filter_may_hold_any_text(client: httpx.AsyncClient) -> None:
    params = {"state": "\x00 \r\n é"}

    assert (await client.get("/reports/focus.json", params=params)).json()["filters"] == params
    assert (await client.get("/reports/focus.csv", params=params)).status_code == 200
    assert (await client.get("/reports/focus.xlsx", params=params)).status_code == 200


async def _sheet(client: httpx.AsyncClient, path: str, name: str) -> Any:
    answer = await client.get(path)
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    return openpyxl.load_workbook(io.BytesIO(answer.content))[name]
