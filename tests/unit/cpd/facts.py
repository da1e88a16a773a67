"""A session with two places, and the people of these tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.contracts.cpd.programmes import SessionScheduled

ANN, BEA, CAI, DEE = (UUID(int=number) for number in range(11, 15))
SESSION, PROGRAMME = UUID(int=1), UUID(int=2)
OAK, ELM = "900001", "900002"
STARTS, ENDS = datetime(2026, 11, 25, 15, 30, tzinfo=UTC), datetime(2026, 11, 25, 17, tzinfo=UTC)
BEFORE, DURING, AFTER = STARTS - timedelta(days=7), STARTS + timedelta(minutes=5), ENDS + timedelta(hours=1)
SCHEDULED = SessionScheduled(
    session_id=SESSION,
    programme_id=PROGRAMME,
    trustuid="99001",
    scope="trust",
    starts_at=STARTS,
    ends_at=ENDS,
    places=2,
    where="Training room",
)
