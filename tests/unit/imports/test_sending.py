"""Batches go out in order, a few at a time; an import that stopped goes on where it was answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.errors import Unmet
from deploy.imports.reading import Claim, Service
from deploy.imports.sending import Answer, Position, send


def step(start: int, count: int) -> list[Claim]:
    return [
        Claim(service="talent", type="PersonRegistered", data={"n": n}, line=n) for n in range(start, start + count)
    ]


class Counting:
    """A door at the edge of these tests: takes batches, and fails once when told to."""

    def __init__(self, *, fails_at: int = -1) -> None:
        self.batches: list[list[int]] = []
        self.fails_at = fails_at

    async def publish(
        self, service: Service, claims: Sequence[Mapping[str, Any]], *, dry_run: bool
    ) -> list[dict[str, Any]]:
        assert service == "talent"
        numbers = [claim["data"]["n"] for claim in claims]
        await asyncio.sleep(0.01 if numbers[0] == 0 else 0)
        if self.fails_at in numbers:
            raise Unmet("Talent cannot be asked.")
        self.batches.append(numbers)
        return [{"outcome": "accepted", "streams": {} if dry_run else {"s": 1}} for _ in numbers]


async def answers(steps: Sequence[Sequence[Claim]], door: Counting, position: Position | None) -> list[Answer]:
    return [answer async for answer in send(steps, door, "99001", position, lambda _: None)]


async def test_answers_come_in_the_order_of_the_lines(tmp_path: Path) -> None:
    door = Counting()

    found = await answers([step(0, 1_200), step(1_200, 10)], door, Position(tmp_path / "p.json"))

    assert [answer.claim.line for answer in found] == list(range(1_210))
    assert sorted(map(len, door.batches)) == [10, 200, 500, 500]
    assert door.batches[-1][0] == 1_200  # a step begins when the one before it is answered
    assert Position(tmp_path / "p.json").answered() == 0


async def test_what_was_answered_is_not_sent_again(tmp_path: Path) -> None:
    steps, position = [step(0, 1_200), step(1_200, 900)], Position(tmp_path / "p.json")
    with pytest.raises(Unmet):
        await answers(steps, Counting(fails_at=1_800), position)
    answered = position.answered()
    assert answered == 1_700

    door = Counting()
    found = await answers(steps, door, position)

    assert [answer.claim.line for answer in found] == list(range(1_700, 2_100))
    assert sum(map(len, door.batches)) == 400
    assert position.answered() == 0


async def test_a_dry_run_has_no_place_to_go_on_from() -> None:
    found = await answers([step(0, 3)], Counting(), None)

    assert [answer.recorded for answer in found] == [False] * 3
