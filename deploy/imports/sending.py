"""Sending what a file says: batches in their order, a few under way at a time, with a place to go on from."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from deploy.door import at_once
from deploy.imports.reading import Claim, Service

under_way = 3
"""How many batches are sent before the first is answered: the service works while the next is made."""

Progress = Callable[[str], None]


class Doors(Protocol):
    """The services' doors, as one trust."""

    async def publish(
        self, service: Service, claims: Sequence[Mapping[str, Any]], *, dry_run: bool
    ) -> list[dict[str, Any]]:
        """Send a batch; the receipts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered to a claim. Not `recorded`, though accepted: it was there already."""

    claim: Claim
    outcome: str
    recorded: bool
    code: str | None = None
    message: str | None = None

    @classmethod
    def of(cls, claim: Claim, receipt: Mapping[str, Any]) -> Answer:
        outcome = receipt["outcome"]
        recorded = outcome == "accepted" and bool(receipt.get("streams"))
        return cls(
            claim=claim,
            outcome=outcome,
            recorded=recorded,
            code=receipt.get("code"),
            message=receipt.get("message"),
        )


@dataclass(frozen=True, slots=True)
class Position:
    """How many claims of a file are answered, kept in a file beside the stack's state while an import is under way."""

    path: Path

    def answered(self) -> int:
        try:
            return int(json.loads(self.path.read_text(encoding="utf-8"))["answered"])
        except FileNotFoundError:
            return 0

    def keep(self, answered: int) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        written = self.path.with_suffix(".new")
        written.write_text(json.dumps({"answered": answered}), encoding="utf-8")
        written.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


async def send(
    steps: Sequence[Sequence[Claim]],
    doors: Doors,
    trustuid: str,
    position: Position | None,
    report: Progress,
) -> AsyncIterator[Answer]:
    """Answers in the order of the claims, from the position on; without one it is a dry run, which records nothing."""
    answered = position.answered() if position else 0
    total = sum(map(len, steps))
    if answered:
        report(f"Going on after {answered:,} of {total:,}, which were answered before")
    begins = 0
    for step in steps:
        rest, begins = step[max(0, answered - begins) :], begins + len(step)
        async for answers in _answers(rest, doors, trustuid, dry_run=position is None):
            for answer in answers:
                yield answer
            answered += len(answers)
            report(f"{'Looked at' if position is None else 'Sent'} {answered:,} of {total:,}")
            if position:
                position.keep(answered)
    if position:
        position.forget()


async def _answers(
    claims: Sequence[Claim], doors: Doors, trustuid: str, *, dry_run: bool
) -> AsyncIterator[Sequence[Answer]]:
    """The answers to each batch, in order."""

    async def publish(batch: Sequence[Claim]) -> Sequence[Answer]:
        receipts = await doors.publish(batch[0].service, [claim.event(trustuid) for claim in batch], dry_run=dry_run)
        return [Answer.of(claim, receipt) for claim, receipt in zip(batch, receipts, strict=True)]

    sending: deque[asyncio.Task[Sequence[Answer]]] = deque()
    try:
        for start in range(0, len(claims), at_once):
            sending.append(asyncio.create_task(publish(claims[start : start + at_once])))
            if len(sending) == under_way:
                yield await sending.popleft()
        while sending:
            yield await sending.popleft()
    finally:
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
