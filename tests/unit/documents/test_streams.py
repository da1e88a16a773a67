"""Where an event stands is found beside its aggregate; the form says what the stream's name is made of."""

from __future__ import annotations

import pytest

import services.collaboration.domain
import services.cpd.domain
import services.talent.domain
from services.cpd.domain.session import session_stream
from services.talent.domain.designation import designations_stream
from services.talent.domain.role_count import role_count_stream
from shared.contracts import codec
from shared.contracts.cpd.qualifications import QualificationMilestoneDeclared
from shared.contracts.talent.register import EngagementStarted, PersonsMerged, StaffReferenceAssigned, staff_stream
from shared.documents.streams import stream_form, streams_of


@pytest.mark.parametrize(
    ("named", "form"),
    [
        (session_stream, "session-{session_id}"),
        (role_count_stream, "rolecount-{trustuid}-{area}-{scheme}"),
        (staff_stream, "staff-{trustuid+source+staff_ref}"),
        (designations_stream, "designations-{trustuid}-{urn} or designations-{person_id}"),
    ],
)
def test_the_form_of_a_stream(named: object, form: str) -> None:
    assert stream_form(named) == form  # type: ignore[arg-type]  # a table of functions


def test_an_event_stands_in_the_stream_of_its_aggregate() -> None:
    found = streams_of(services.talent.domain)

    assert found[EngagementStarted] == "person-{person_id}"  # a part of the person, in a module of its own
    assert found[PersonsMerged] == "person-{person_id}"
    assert found[StaffReferenceAssigned] == "staff-{trustuid+source+staff_ref}"  # named in the contracts
    assert streams_of(services.cpd.domain)[QualificationMilestoneDeclared] == "qualification-{person_id}-{course}"


@pytest.mark.parametrize("domain", [services.talent.domain, services.cpd.domain, services.collaboration.domain])
def test_a_service_makes_its_own_events_only_and_each_has_a_stream(domain: object) -> None:
    found = streams_of(domain)  # type: ignore[arg-type]  # a table of modules
    own = codec.contracts[domain.__name__.split(".")[1]].types.values()  # type: ignore[attr-defined]

    assert found
    assert found.keys() <= set(own)
    assert all(form and "{" in form for form in found.values())
