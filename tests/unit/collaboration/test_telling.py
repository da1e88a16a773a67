"""Which school is told what: said once, as data; every entry of it is looked at here."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.collaboration.telling.audience import audiences, comes_with, events, looks_back, schools
from shared.contracts import codec
from shared.contracts.collaboration.bookkeeping import RecordVoided
from shared.contracts.collaboration.capacity import CapacityAllocated
from shared.contracts.collaboration.change import ChangeDropped, ChangeProposed, ConsultationClosed
from shared.contracts.collaboration.loop import (
    AgendaItemFeedbackGiven,
    CycleOpened,
    FocusAreaSet,
    StandardAgendaItemIssued,
    TrustResponseGiven,
)
from tests.unit.collaboration.facts import ELM, ISSUED, OAK

GOLDEN = Path(__file__).parents[2] / "contracts" / "golden"
BY_ITSELF = [cls for cls in audiences if cls not in (ConsultationClosed, ChangeDropped, RecordVoided)]


def golden(cls: type[Any]) -> Any:
    """An event of this type, as it was once written down."""
    name = codec.type_names_of(cls)[-1]
    return codec.decode(name, (GOLDEN / f"{name}.json").read_bytes())


def voided(event: Any, version: int = 1) -> RecordVoided:
    return RecordVoided(
        event_id=uuid4(), event_type=codec.type_name(event), version=version, reason="It was another school's."
    )


@pytest.mark.parametrize("cls", BY_ITSELF, ids=lambda cls: cls.__name__)
def test_an_event_is_for_schools_that_it_names(cls: type[Any]) -> None:
    event = golden(cls)
    named = set(re.findall(r'"([1-9][0-9]{5})"', json.dumps(codec.adapter(cls).dump_python(event, mode="json"))))

    assert schools(event, [])
    assert set(schools(event, [])) <= named
    assert not looks_back(event)


def test_help_is_told_to_who_gives_and_to_who_takes() -> None:
    given = replace(golden(CapacityAllocated), giver_urn=OAK, taker_urn=ELM)

    assert schools(given, []) == [OAK, ELM]
    assert schools(replace(given, giver_urn=None), []) == [ELM]


@pytest.mark.parametrize("cls", [ConsultationClosed, ChangeDropped])
def test_what_comes_of_a_change_is_for_the_schools_of_the_change(cls: type[Any]) -> None:
    proposed, event = replace(golden(ChangeProposed), urns=(OAK, ELM)), golden(cls)

    assert looks_back(event)
    assert schools(event, [proposed, event]) == [OAK, ELM]


def test_that_something_was_wrong_is_told_to_who_was_told_it() -> None:
    response = replace(golden(TrustResponseGiven), urn=OAK)

    assert schools(voided(response, 2), [golden(AgendaItemFeedbackGiven), response, voided(response, 2)]) == [OAK]


def test_what_a_school_said_itself_is_not_told_to_it_nor_that_it_was_wrong() -> None:
    said = golden(AgendaItemFeedbackGiven)

    assert schools(said, [said]) == []
    assert schools(voided(said), [said, voided(said)]) == []
    assert not looks_back(voided(said))


def test_an_item_comes_with_what_it_asks() -> None:
    assert schools(ISSUED, []) == [OAK, ELM]
    assert list(comes_with(ISSUED).values()) == [CycleOpened, FocusAreaSet]
    assert {CycleOpened, FocusAreaSet, StandardAgendaItemIssued} <= set(events)


def test_the_guide_names_what_schools_are_told_and_nothing_else() -> None:
    guide = (GOLDEN.parents[2] / "docs" / "to-school.md").read_text()
    table = guide.partition("## What comes")[2].partition("## Webhooks")[0].partition("Attributes")[0]

    assert set(re.findall(r"`([A-Z]\w+)`", table)) == {cls.__name__ for cls in events}
