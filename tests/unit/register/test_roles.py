"""Reading the table of system leadership roles."""

from datetime import date

import pytest
from hypothesis import given as over
from hypothesis import strategies as st
from pydantic import TypeAdapter

from deploy.register.reading import BUNDLED, ROLES, Ask, Payload, Reading
from deploy.register.roles import read_roles
from deploy.table import Source
from services.talent.domain.role_count import DeclareRoleCount, role_count
from tests.unit.given import given
from tests.unit.register.files import ROLE, roles

AS_AT = date(2015, 3, 1)
COMMAND = TypeAdapter(DeclareRoleCount)


def read(source: Source) -> Reading:
    return read_roles(source, trustuid="99001", as_at=AS_AT)


def test_the_real_table_is_read_as_declared() -> None:
    reading = read(Source.of(BUNDLED / ROLES))

    fields = ("area", "scheme", "count", "schools_sponsored", "not_known_reason")
    assert reading.problems == ()
    assert [tuple(ask.payload[field] for field in fields) for ask in reading.asks] == [
        ("Leicestershire", "TSA", 6, None, None),
        ("Leicestershire", "MAT", 9, 33, None),
        ("Leicestershire", "NLE", 17, None, None),
        ("Leicestershire", "NSS", 17, None, None),
        ("Leicestershire", "NLG", 4, None, None),
        ("Leicestershire", "LLE", 23, None, None),
        ("Leicestershire", "SLE", None, None, "designated by the individual schools; no central data"),
    ]


def test_every_ask_is_a_command_that_talent_takes() -> None:
    for ask in read(Source.of(BUNDLED / ROLES)).asks:
        command = COMMAND.validate_python(ask.payload)
        assert COMMAND.dump_python(command, mode="json") == ask.payload
        assert given(role_count)(command)


def test_a_line_asks_for_a_declaration() -> None:
    payload: Payload = {
        "trustuid": "99001",
        "area": "Leicestershire",
        "scheme": "NLE",
        "role": "National Leader of Education",
        "count": 17,
        "not_known_reason": None,
        "schools_sponsored": None,
        "as_at": "2015-03-01",
    }

    assert read(roles({})).asks == (Ask(command="DeclareRoleCount", payload=payload, file="roles.csv", line=2),)


def test_none_is_a_count() -> None:
    assert [ask.payload["count"] for ask in read(roles({"count": "0"})).asks] == [0]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"count": ""}, "count"),
        ({"not_known_reason": "nobody asked"}, "count"),
        ({"count": "many"}, "count"),
        ({"schools_sponsored": "3.5"}, "schools_sponsored"),
        ({"area": ""}, "area"),
        ({"role": ""}, "role"),
        ({"scheme": " "}, "scheme"),
        ({"not_known_reason": "x" * 4001, "count": ""}, "not_known_reason"),
    ],
)
def test_a_bad_line_is_a_problem_and_the_rest_goes_on(cells: dict[str, str], column: str) -> None:
    reading = read(roles(cells, {"scheme": "LLE"}))

    assert [(p.file, p.line, p.column) for p in reading.problems] == [("roles.csv", 2, column)]
    assert [ask.payload["scheme"] for ask in reading.asks] == ["LLE"]


def test_a_scheme_stands_once_for_an_area() -> None:
    reading = read(roles({}, {"scheme": "nle", "count": "18"}, {"area": "Rutland"}))

    assert [(p.line, p.column) for p in reading.problems] == [(3, "scheme")]
    assert [ask.payload["area"] for ask in reading.asks] == ["Leicestershire", "Rutland"]


def test_missing_columns_are_one_problem() -> None:
    reading = read(Source("roles.csv", b"area,role,count,schools_sponsored\nx,y,1,\n"))

    assert reading.asks == ()
    assert [(p.line, p.column) for p in reading.problems] == [(1, "scheme, not_known_reason")]


@over(st.binary(max_size=400), st.booleans())
def test_reading_never_raises(content: bytes, headed: bool) -> None:  # noqa: FBT001  drawn, not passed
    header = ",".join(ROLE).encode() + b"\n" if headed else b""

    for ask in read(Source("roles.csv", header + content)).asks:
        COMMAND.validate_python(ask.payload)
