"""The faults, by their numbers in docs/faults.md; BAR is all of them at once."""

from __future__ import annotations

from tests.faults.rows import consumers, postgres, relay, storm

ROWS = {row.name: row for row in (*relay.ROWS, *postgres.ROWS, *consumers.ROWS, storm.STORM)}
