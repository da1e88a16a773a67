"""What a voiding does to read models, with no projector knowing of it.

A row is written from one stream only. So where something of a stream is voided, the rows that its events have touched
are deleted and made again from those that stand. Where nothing is voided, nothing more is asked or done.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, Protocol, TypeVar

from services.reporting import ledger
from services.reporting.ledger import Entry, Stream
from shared.contracts.bookkeeping import RecordVoided, Told, standing


class Placed(Told, Protocol):
    """An event with its stream."""

    @property
    def service(self) -> str: ...

    @property
    def stream(self) -> str: ...


P = TypeVar("P", bound=Placed)


def streams_to_retell(entries: Sequence[Placed], types: Collection[str]) -> dict[Stream, int]:
    """The streams in which an event of one of these types is voided, and how far they are told, these included."""
    voided = {
        _stream(entry) for entry in entries if isinstance(entry.event, RecordVoided) and entry.event.event_type in types
    }
    if not voided:
        return {}
    return {stream: entry.version for entry in entries if (stream := _stream(entry)) in voided}


async def retold(conn: Any, entries: Sequence[P], upto: dict[Stream, int]) -> tuple[list[Entry], list[P | Entry]]:
    """All events of these streams, whose rows are to be deleted; and what is to be applied then, in its order.

    The ledger has the entries already.
    """
    told = await ledger.told(conn, upto)
    stands = [entry for _, stream in groupby(told, _stream) for entry in standing(stream)]
    return told, [*(entry for entry in entries if _stream(entry) not in upto), *stands]


def _stream(entry: Placed) -> Stream:
    return entry.service, entry.stream
