"""What a report is here, and how the platform's rows are held against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.support.fold.history import History, Row


@dataclass(frozen=True, slots=True)
class Report:
    """How a report is worked out.

    Attributes:
        key: the columns that tell its rows apart.
        not_in_events: the columns that are left out, because no event has them.
        people: the columns that count people, in which groups of one to four have to be hidden, and larger ones may be.
            The report names those that are in its column `suppressed`; here there are all.
    """

    rows: Callable[[History, datetime], list[Row]]
    key: tuple[str, ...]
    not_in_events: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
