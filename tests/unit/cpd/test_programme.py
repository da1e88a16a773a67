"""A programme is published once."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.programme import PublishProgramme, programme, programme_stream
from shared.contracts.cpd.programmes import Partner, ProgrammePublished
from shared.decider import Rejected
from tests.unit.given import given
from tests.unit.repeats import after, events_of, twice_each

ID = UUID(int=1)
PARTNER = Partner(name="Harbour Teaching School Hub", reach="regional")
PUBLISH = PublishProgramme(
    programme_id=ID,
    trustuid="99001",
    title="Stepping up to senior leadership",
    kind="course",
    audience_stages=("3", "4"),
    audience_roles=("middle_leader",),
    outcomes=("Leads a whole-school project",),
    partner=PARTNER,
    cost_pence=12_000,
)
PUBLISHED = ProgrammePublished(
    programme_id=ID,
    trustuid="99001",
    title="Stepping up to senior leadership",
    kind="course",
    audience_stages=("3", "4"),
    audience_roles=("middle_leader",),
    outcomes=("Leads a whole-school project",),
    partner=PARTNER,
    cost_pence=12_000,
)


def test_a_programme_is_published() -> None:
    when = given(programme)

    assert when(PUBLISH) == [PUBLISHED]


def test_a_school_publishes_its_own() -> None:
    when = given(programme)

    assert when(replace(PUBLISH, urn="900001", partner=None)) == [replace(PUBLISHED, urn="900001", partner=None)]


def test_publishing_it_again_changes_nothing() -> None:
    when = given(programme, PUBLISHED)

    assert when(PUBLISH) == []


def test_the_same_id_with_other_details_is_refused() -> None:
    when = given(programme, PUBLISHED)

    with pytest.raises(Rejected) as refusal:
        when(replace(PUBLISH, cost_pence=0))

    assert (refusal.value.code, refusal.value.field) == ("programme_exists", "/programme_id")


def test_its_stream_is_named_by_its_id() -> None:
    assert programme_stream(ID) == "programme-00000000-0000-0000-0000-000000000001"


@over(st.lists(st.integers(0, 2).map(lambda pence: replace(PUBLISH, cost_pence=pence))))
def test_repeats_never_change_where_it_ends(commands: list[PublishProgramme]) -> None:
    once, taken = after(programme, commands)

    assert after(programme, twice_each(commands)) == (once, twice_each(taken))
    assert events_of(programme, taken, once) == []
