"""Calls made at the same time share round trips: each gets its own answer, and nobody another's fault."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared import gathering
from shared.gathering import Gathering

CALLERS = 40


class Server:
    """Doubles numbers, as many at once as are asked for, and refuses those below nought."""

    def __init__(self) -> None:
        self.trips: list[list[int]] = []
        self.gathering = Gathering(self.answer, (ValueError,), apart=lambda asked: {asked % 100})

    async def answer(self, asked: Sequence[int]) -> list[int]:
        self.trips.append(list(asked))
        await asyncio.sleep(0.001)
        if min(asked) < 0:
            raise ValueError(min(asked))
        if max(asked) > 1_000:
            raise ConnectionError
        return [2 * number for number in asked]


async def test_each_caller_gets_its_own_answer_and_they_share_round_trips() -> None:
    server = Server()

    answers = await asyncio.gather(*(server.gathering(number) for number in range(CALLERS)))

    assert answers == [2 * number for number in range(CALLERS)]
    assert sorted(number for trip in server.trips for number in trip) == list(range(CALLERS))
    assert len(server.trips) <= CALLERS / 2


async def test_what_must_be_apart_is_never_in_one_round_trip() -> None:
    server = Server()

    await asyncio.gather(
        *(server.gathering(100 * number) for number in range(10)), *(server.gathering(n) for n in (1, 2))
    )

    assert all(len({number % 100 for number in trip}) == len(trip) for trip in server.trips)
    assert [number for trip in server.trips for number in trip if number % 100 == 0] == [100 * n for n in range(10)]


async def test_a_fault_that_a_caller_brought_is_told_to_it_alone() -> None:
    server = Server()

    answers = await asyncio.gather(*(server.gathering(n) for n in (1, -2, 3, 4)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [int, ValueError, int, int]


async def test_a_fault_of_the_round_trip_is_told_to_all_of_it_and_not_tried_again() -> None:
    server = Server()

    answers = await asyncio.gather(*(server.gathering(n) for n in (1, 2_002)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError]
    assert server.trips == [[1, 2_002]]


async def test_a_caller_that_is_cancelled_ends_nobody_elses_round_trip() -> None:
    server = Server()
    both = [asyncio.create_task(server.gathering(number)) for number in (1, 2)]
    await asyncio.sleep(0)

    both[0].cancel()

    assert await both[1] == 4
    with pytest.raises(asyncio.CancelledError):
        await both[0]


async def test_who_left_before_its_turn_is_not_asked_for() -> None:
    server = Server()
    busy = [asyncio.create_task(server.gathering(number)) for number in range(CALLERS)]
    await asyncio.sleep(0)

    busy[-1].cancel()
    await asyncio.gather(*busy[:-1])

    assert CALLERS - 1 not in {number for trip in server.trips for number in trip}


async def test_nobody_queues_for_a_worker_that_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_at_once", 1)
    server = Server()

    async def caller(number: int) -> list[int]:
        return [await server.gathering(number) for _ in range(20)]

    async with asyncio.timeout(5):
        answers = await asyncio.gather(*(caller(number) for number in range(4)))

    assert answers == [[2 * number] * 20 for number in range(4)]
