"""A claim that waits for no stream comes back by itself, too: when its type is known here, or its school."""

from __future__ import annotations

from shared.intake import Intake, People, staff
from shared.intake.origins import trusts_of
from shared.intake.reading import from_record
from shared.intake.senders import Sender
from tests.integration.test_lost_races import TYPE, URN, intake, record, talent  # noqa: F401  a fixture
from tests.support.history import TRUST, History
from tests.support.writer import joined


async def test_a_type_that_was_unknown_is_taken_by_the_service_that_knows_it(talent: History) -> None:  # noqa: F811
    older, newer = intake(talent), intake(talent, TYPE)
    sender = Sender(URN, f"school-{URN}", TRUST, frozenset({URN}))
    await older.take([(sender, from_record(record(0), "here"))])

    await older.look_after_parked()
    assert [parked.code for parked in await older.parking.all()] == ["unknown_type"]
    await newer.look_after_parked()

    assert await newer.parking.all() == []
    assert [recorded.event().staff_ref for recorded in await talent.events("person-1")] == ["p0"]


async def test_a_school_that_was_unknown_is_taken_when_it_is_in_the_register(talent: History) -> None:  # noqa: F811
    known = intake(talent, TYPE)
    found = People(staff.heard_of(talent.pool))
    heard = Intake(
        talent.store,
        talent.vault,
        talent.clock,
        known.admissions,
        found,
        lambda urns: trusts_of(talent.pool, urns, talent.clock.now()),
        lambda: None,
    )
    sender = Sender(URN, f"school-{URN}", None, frozenset({URN}))
    [(_, answer)] = await heard.take([(sender, from_record(record(0), "here"))])
    assert (answer.status, answer.code, answer.waits_for) == ("parked", "school_unknown", None)

    await joined(talent.pool, URN, trust=TRUST)
    await heard.look_after_parked()

    assert await heard.parking.all() == []
    assert [recorded.event().staff_ref for recorded in await talent.events("person-1")] == ["p0"]
