"""A short run of the fuzzing, always the same one, and everything that it ever found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.fuzz import corpus, reading
from tests.fuzz.pipeline import WRITERS, Pipeline, pipeline
from tests.fuzz.running import read, take
from tests.stack import Stack


@pytest.fixture(params=WRITERS, ids=lambda service: service.name)
async def writer(stack: Stack, roles: Mapping[str, str], request: pytest.FixtureRequest) -> AsyncIterator[Pipeline]:
    async with pipeline(stack, request.param) as running:
        yield running


def test_whatever_is_read_has_an_answer() -> None:
    read(300, number=1)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in corpus.kept("reading")])
def test_what_was_found_once_in_the_reading_is_read(case: Mapping[str, Any]) -> None:
    reading.check(reading.Sent.of(case))


async def test_whatever_is_claimed_has_a_documented_answer(writer: Pipeline) -> None:
    await asyncio.to_thread(take, writer, 25, number=1)
    for _, case in corpus.kept(f"pipeline-{writer.place.service.name}"):
        await asyncio.to_thread(writer.check, case["claims"], case["role"])

    assert writer.answered["refused", "invalid"]
    assert {outcome for outcome, _ in writer.answered} >= {"refused", "accepted"}
