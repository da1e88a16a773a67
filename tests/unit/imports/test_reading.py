"""A spreadsheet's lines become claims, or a problem that names its line; nothing is sent for a line with a problem."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.imports.importing import kinds, templates
from deploy.imports.reading import Claim, Origin, Reading, read
from deploy.table import Source

ORIGIN = Origin("99001", "hr")
STAFF = "staff_ref,name,urn,kind,role,fte,started_on,manager\n"


def said(kind: str, text: str) -> Reading:
    return read(kinds[kind], Source(f"{kind}.csv", text.encode()), ORIGIN)


def problems(kind: str, text: str) -> list[tuple[int, str | None]]:
    return [(problem.line, problem.column) for problem in said(kind, text).problems]


def claims(reading: Reading) -> list[Claim]:
    return [claim for step in reading.steps for claim in step]


def claimed(kind: str, text: str) -> list[tuple[str, dict[str, Any]]]:
    return [(claim.type, dict(claim.data)) for claim in claims(said(kind, text))]


@pytest.mark.parametrize("kind", kinds)
def test_a_template_is_read_without_a_problem_and_has_every_column_that_is_needed(kind: str) -> None:
    source = Source.of(templates / f"{kind}.csv")
    reading = read(kinds[kind], source, ORIGIN)

    assert not reading.problems
    assert claims(reading)
    header = source.content.decode().splitlines()[0].split(",")
    assert set(kinds[kind].needed) <= set(header) <= {*kinds[kind].needed, *kinds[kind].optional}


def test_a_line_of_staff_registers_engages_and_places_somebody_in_that_order() -> None:
    found = said(
        "staff",
        STAFF + "S-1,Ada,900001,permanent,headteacher,1,01/09/2019,\nS-2,Ben,900001,supply,cook,0.55,1/9/26,S-1\n",
    )
    assert [(p.line, p.column) for p in found.problems] == [(3, "started_on")]

    ada = {"source": "hr", "staff_ref": "S-1"}
    text = STAFF + "S-1,Ada,,trustee,chair,0,2019-09-01,\nS-2,Ben,900001,Fixed-term,cook,0.55,01-09-2026,S-1\n"
    steps = said("staff", text).steps
    assert [[claim.type for claim in step] for step in steps] == [
        ["PersonRegistered", "PersonRegistered"],
        ["EngagementStarted", "EngagementStarted"],
        ["LineManagerAssigned"],
    ]
    assert dict(steps[0][0].data) == {"trustuid": "99001", **ada, "name": "Ada"}
    engaged = dict(steps[1][1].data)
    assert engaged.pop("engagement_id")
    assert engaged == {
        "person_id": {"source": "hr", "staff_ref": "S-2"},
        "urn": "900001",
        "kind": "fixed_term",
        "role": "cook",
        "fte_hundredths": 55,
        "acting": False,
        "started_on": "2026-09-01",
    }
    assert steps[2][0].data["manager_id"] == ada


def test_somebody_in_two_schools_is_registered_once_and_engaged_twice() -> None:
    text = STAFF + "S-3,Cai,900001,supply,teacher,0.4,05/01/2026,\nS-3,Cai,900002,supply,teacher,0.2,05/01/2026,\n"
    found = claimed("staff", text)

    assert [type for type, _ in found] == ["PersonRegistered", "EngagementStarted", "EngagementStarted"]
    assert found[1][1]["engagement_id"] != found[2][1]["engagement_id"]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("S 1,Ada,900001,permanent,head,1,01/09/2019,", "staff_ref"),
        ("S-1,,900001,permanent,head,1,01/09/2019,", "name"),
        ("S-1,Ada,12,permanent,head,1,01/09/2019,", "urn"),
        ("S-1,Ada,900001,part-time,head,1,01/09/2019,", "kind"),
        ("S-1,Ada,900001,permanent,Head Teacher,1,01/09/2019,", "role"),
        ("S-1,Ada,900001,permanent,head,1.2,01/09/2019,", "fte"),
        ("S-1,Ada,900001,permanent,head,0.333,01/09/2019,", "fte"),
        ("S-1,Ada,900001,permanent,head,NaN,01/09/2019,", "fte"),
        ("S-1,Ada,900001,permanent,head,full,01/09/2019,", "fte"),
        ("S-1,Ada,900001,permanent,head,1,30/02/2019,", "started_on"),
        ("S-1,Ada,900001,permanent,head,1,01/09/2019,the head", "manager"),
    ],
)
def test_a_line_with_a_problem_names_it_and_claims_nothing(line: str, column: str) -> None:
    found = said("staff", f"{STAFF}{line}\nS-9,Eve,,volunteer,reader,0,01/09/2024,\n")

    assert [(p.line, p.column) for p in found.problems] == [(2, column)]
    assert {claim.line for claim in claims(found)} == {3}


def test_a_second_name_for_one_reference_and_a_line_said_twice_are_problems() -> None:
    line = "S-1,Ada,900001,permanent,head,1,01/09/2019,\n"
    assert problems("staff", STAFF + line + line) == [(3, "staff_ref")]
    assert problems("staff", STAFF + line + line.replace("Ada", "Eve").replace("900001", "900002")) == [(3, "name")]


def test_the_same_line_has_the_same_id_whatever_stands_around_it() -> None:
    line = "S-1,npq-headship,12/07/2004\n"
    first = claims(said("qualifications", "staff_ref,course,awarded_on\n" + line))[0]
    later = claims(said("qualifications", "staff_ref,course,awarded_on\nS-0,mba,01/01/2001\n" + line))[1]
    assert first.event("99001")["id"] == later.event("99001")["id"]
    assert first.event("99001")["id"] != first.event("99002")["id"]


def test_a_line_may_name_another_system() -> None:
    text = "source,staff_ref,training,completed_on,expires_on\nsims,7,first-aid,14/03/2024,13/03/2027\n"
    [(type, data)] = claimed("training", text)

    assert type == "StatutoryTrainingCompleted"
    assert data == {
        "person_id": {"source": "sims", "staff_ref": "7"},
        "trustuid": "99001",
        "training": "first-aid",
        "completed_on": "2024-03-14",
        "expires_on": "2027-03-13",
    }


def test_co_heads_share_a_post_and_a_post_may_have_nobody() -> None:
    text = "post_ref,post_type,urns,incumbents,since\n"
    shared, empty = claimed(
        "posts", text + "P-1,headteacher,900001;900002,S-1=60; S-2=40,01/09/2024\nP-2,ceo,,,01/09/2024\n"
    )
    assert shared[1]["urns"] == ["900001", "900002"]
    assert [(i["person_id"]["staff_ref"], i["share_hundredths"]) for i in shared[1]["incumbents"]] == [
        ("S-1", 60),
        ("S-2", 40),
    ]
    assert empty[1]["incumbents"] == []
    assert problems("posts", text + "P-1,headteacher,9;0,S-1,01/09/2024\n") == [(2, "urns")]
    assert problems("posts", text + "P-1,headteacher,,S-1=0,01/09/2024\n") == [(2, "incumbents")]
