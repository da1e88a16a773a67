"""A name that was put right is the one that opens on pages; what is void of it is as if it had never been said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.contracts import codec
from shared.contracts.talent.register import PersonDetailsCorrected, PersonRegistered
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.story import TRUST, Story, named

ADA = named("Ada")
NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("is_void", "name"), [(False, "Ada Byron"), (True, "Ada Bryon")], ids=["right", "void"])
async def test_the_last_name_that_stands_is_the_persons(database: str, *, is_void: bool, name: str) -> None:
    ring = KeyRing()
    story, stream = Story(NOW, sealer=ring), f"person-{ADA}"
    story.tell(PersonRegistered(person_id=ADA, trustuid=TRUST, source="mis", staff_ref="S-1", name="Ada Bryon"), stream)
    right = PersonDetailsCorrected(person_id=ADA, correction_id=named("first"), name="Ada Byron")
    corrected = story.tell(right, stream)
    story.tell(PersonDetailsCorrected(person_id=ADA, correction_id=named("second"), trn="1234567"), stream)
    if is_void:
        story.voids(corrected)

    async with read_model.told(database, story, ("people",), NOW) as view:
        row = await view.conn.fetchrow("select name, stream, event_id from person")

    place = codec.place(row["stream"], str(row["event_id"]), "name")
    assert ring.keys[f"person:{ADA}"].open(row["name"], place) == name
