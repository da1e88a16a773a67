"""What reports are measured on has something for each of them to say."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg

from services.reporting.reports import answer, reports
from tests.bench import answering
from tests.support import read_model
from tests.support.read_model import HandClock


async def test_every_report_has_rows_of_the_trust_that_it_is_measured_on(pool: asyncpg.Pool) -> None:
    await answering.fill(pool, 12)
    reading = read_model.reading(pool, HandClock(datetime(2026, 11, 20, 9, tzinfo=UTC)))
    silent = set()
    for name in reports.keys() - {"history"}:  # that reads the ledger alone
        async with reading(reports[name].needs) as view:
            if not (await answer(reports[name], view)).rows:
                silent.add(name)

    assert silent == set()
