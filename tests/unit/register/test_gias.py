"""Reading the files of Get Information About Schools."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import strategies as st
from pydantic import TypeAdapter

from deploy.register.gias import phase, read_register
from deploy.register.reading import BUNDLED, ESTABLISHMENTS, GROUP_LINKS, Ask, Payload, Question, Reading
from deploy.table import Problem, Source
from services.talent.domain.school import JoinSchool
from services.talent.domain.trust import RegisterTrust
from tests.unit.register.files import ESTABLISHMENT, LINK, establishments, links

COMMANDS: dict[str, TypeAdapter[Any]] = {
    "RegisterTrust": TypeAdapter(RegisterTrust),
    "JoinSchool": TypeAdapter(JoinSchool),
}
TRUST: Payload = {
    "trustuid": "99001",
    "trust_ref": "TR09901",
    "name": "HARBOUR TRUST",
    "companies_house_number": "01234567",
}
SCHOOL: Payload = {
    "trustuid": "99001",
    "urn": "900001",
    "name": "Tidewater Primary",
    "phase": "primary",
    "la": "Kent",
    "ukprn": "10099001",
    "joined_on": "2020-09-01",
    "easting": 447694,
    "northing": 519237,
}


@pytest.fixture(scope="module")
def real() -> Reading:
    return read_register(Source.of(BUNDLED / ESTABLISHMENTS), Source.of(BUNDLED / GROUP_LINKS), members={})


def schools(reading: Reading) -> list[Payload]:
    return [ask.payload for ask in reading.asks if ask.command == "JoinSchool"]


def test_the_real_files_hold_49_academies_of_three_trusts(real: Reading) -> None:
    assert (real.problems, real.questions) == ((), ())
    assert Counter(ask.command for ask in real.asks) == {"RegisterTrust": 3, "JoinSchool": 49}
    assert Counter(school["trustuid"] for school in schools(real)) == {"3725": 31, "2939": 16, "16930": 2}
    assert Counter(school["phase"] for school in schools(real)) == {
        "secondary": 25,
        "primary": 18,
        "all_through": 3,
        "special": 2,
        "sixteen_plus": 1,
    }


def test_every_ask_is_a_command_of_talent_by_its_fields(real: Reading) -> None:
    for ask in real.asks:
        command = COMMANDS[ask.command].validate_python(ask.payload)
        assert COMMANDS[ask.command].dump_python(command, mode="json") == ask.payload


def test_the_trusts_come_before_their_schools(real: Reading) -> None:
    assert [ask.command for ask in real.asks[:4]] == [*["RegisterTrust"] * 3, "JoinSchool"]


def test_only_the_trusts_wanted_are_asked_for() -> None:
    reading = read_register(
        Source.of(BUNDLED / ESTABLISHMENTS),
        Source.of(BUNDLED / GROUP_LINKS),
        members={"3725": {"900009"}},
        trusts={"16930"},
    )

    assert Counter(ask.command for ask in reading.asks) == {"RegisterTrust": 1, "JoinSchool": 2}
    assert reading.questions == ()


def test_a_line_asks_for_a_trust_and_a_school() -> None:
    reading = read_register(establishments({}), links({}), members={"99001": {"900001"}})

    assert reading == Reading(
        asks=(
            Ask(command="RegisterTrust", payload=TRUST, file="links.csv", line=2),
            Ask(command="JoinSchool", payload=SCHOOL, file="links.csv", line=2),
        )
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_each_encoding_is_read(encoding: str) -> None:
    name = "St Chloë’s Académie"  # noqa: RUF001  a quotation mark that only Windows-1252 has at its place

    reading = read_register(
        establishments({"EstablishmentName": name}, encoding=encoding),
        links({"Group Name": name}, encoding=encoding),
        members={},
    )

    assert [ask.payload["name"] for ask in reading.asks] == [name, name]
    assert reading.problems == ()


@pytest.mark.parametrize("day", ["01-09-2020", "01/09/2020"])
def test_each_form_of_day_is_read(day: str) -> None:
    assert schools(read_register(establishments({}), links({"Joined date": day}), members={})) == [SCHOOL]


@pytest.mark.parametrize("day", ["", "2020-9-1", "2020-02-30", "1/9/2020", "31/02/2020", "01-09/2020", "01/09/0000"])
def test_any_other_day_is_a_problem(day: str) -> None:
    reading = read_register(establishments({}), links({"Joined date": day}), members={})

    assert reading.asks == ()
    assert [(p.line, p.column) for p in reading.problems] == [(2, "Joined date")]


def test_other_columns_and_another_order_make_no_difference() -> None:
    more = {"Notes": "a, b", **dict(reversed(ESTABLISHMENT.items())), "HeadLastName": ""}
    shouted = {name.upper(): cell for name, cell in reversed(LINK.items())}

    from_more = read_register(_table("e.csv", more), _table("l.csv", shouted), members={})

    assert schools(from_more) == [SCHOOL]


def _table(name: str, row: dict[str, str]) -> Source:
    cells = ",".join(f'"{cell}"' for cell in row.values())
    return Source(name, f"{','.join(row)}\r\n{cells}\r\n".encode())


def test_a_line_is_counted_as_an_editor_does() -> None:
    reading = read_register(
        establishments(
            {"EstablishmentName": "Tidewater\r\nPrimary"},
            {"URN": "x"},
            {"URN": "900002", "EstablishmentName": "Over\ntwo", "Easting": "far"},
        ),
        links({}, {"URN": "900002"}),
        members={},
    )

    assert [(p.file, p.line, p.column) for p in reading.problems] == [
        ("establishments.csv", 4, "URN"),
        ("establishments.csv", 5, "Easting"),
    ]
    assert [school["name"] for school in schools(reading)] == ["Tidewater Primary"]


@pytest.mark.parametrize("column", list(ESTABLISHMENT))
def test_a_missing_column_of_establishments_is_one_problem(column: str) -> None:
    less = {name: cell for name, cell in ESTABLISHMENT.items() if name != column}

    reading = read_register(_table("e.csv", less), links({}), members={"99001": {"900009"}})

    assert reading == Reading(problems=(Problem(file="e.csv", line=1, column=column, message="is missing"),))


@pytest.mark.parametrize("column", list(LINK))
def test_a_missing_column_of_links_is_one_problem(column: str) -> None:
    less = {name: cell for name, cell in LINK.items() if name != column}

    reading = read_register(establishments({}), _table("l.csv", less), members={"99001": {"900009"}})

    assert reading == Reading(problems=(Problem(file="l.csv", line=1, column=column, message="is missing"),))


def test_a_column_that_stands_twice_is_a_problem() -> None:
    twice = Source("e.csv", b"urn," + ",".join(ESTABLISHMENT).encode())

    reading = read_register(twice, links({}), members={})

    assert [(p.column, p.message) for p in reading.problems] == [("URN", "stands in the header more than once")]


def test_an_empty_file_is_a_problem() -> None:
    reading = read_register(Source("e.csv", b"\r\n"), links({}), members={})

    assert reading.problems == (Problem(file="e.csv", line=1, column=None, message="is empty"),)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("URN", "12345"),
        ("URN", "012345"),
        ("URN", "９00001"),  # noqa: RUF001  a digit, and not one of ours
        ("Group UID", ""),
        ("Group UID", "999"),
        ("Group ID", "TR1"),
        ("Group Name", " "),
        ("Group Name", "n" * 301),
        ("Companies House Number", "2236171.0"),
    ],
)
def test_a_bad_link_is_a_problem_and_the_rest_goes_on(column: str, cell: str) -> None:
    reading = read_register(establishments({}), links({column: cell}, {}), members={})

    assert [(p.file, p.line, p.column) for p in reading.problems] == [("links.csv", 2, column)]
    assert schools(reading) == [SCHOOL]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("EstablishmentName", ""),
        ("EstablishmentName", "Tide\x00water"),
        ("PhaseOfEducation (name)", "Junior"),
        ("EstablishmentStatus (name)", ""),
        ("UKPRN", "20099001"),
        ("Northing", "-1"),
        ("Trusts (code)", "3725"),
    ],
)
def test_a_bad_establishment_is_a_problem_and_the_rest_goes_on(column: str, cell: str) -> None:
    reading = read_register(
        establishments({column: cell, "URN": "900002"}, {}), links({"URN": "900002"}, {}), members={}
    )

    assert [(p.file, p.line, p.column) for p in reading.problems] == [("establishments.csv", 2, column)]
    assert schools(reading) == [SCHOOL]


def test_a_byte_that_is_no_text_in_either_encoding_is_a_problem() -> None:
    content = establishments({"EstablishmentName": "Tide?water"}).content.replace(b"?", b"\x81")

    reading = read_register(Source("e.csv", content), links({}), members={})

    assert [p.column for p in reading.problems] == ["EstablishmentName"]


def test_every_problem_of_a_line_is_told() -> None:
    reading = read_register(establishments({"UKPRN": "x", "Easting": "y"}), links({}), members={})

    assert [p.column for p in reading.problems] == ["UKPRN", "Easting"]


def test_a_line_with_cells_too_few_or_too_many_is_a_problem() -> None:
    good = establishments({}).content
    reading = read_register(
        Source("e.csv", good + b"900002,Short\r\n\r\n" + good.splitlines()[1] + b",more\r\n,,\r\n"),
        links({}),
        members={},
    )

    assert [(p.line, p.column) for p in reading.problems] == [(3, None), (5, None)]
    assert schools(reading) == [SCHOOL]


def test_what_is_not_known_is_left_out() -> None:
    reading = read_register(
        establishments({"UKPRN": "", "LA (name)": "", "Easting": "0", "Northing": "", "Trusts (code)": ""}),
        links({"Companies House Number": ""}),
        members={},
    )

    trust, school = (ask.payload for ask in reading.asks)
    assert trust == TRUST | {"companies_house_number": None}
    assert school == SCHOOL | {"ukprn": None, "la": None, "easting": None, "northing": None}


def test_a_linked_school_must_be_in_the_other_file() -> None:
    reading = read_register(establishments({"URN": "900002"}), links({}), members={"99001": {"900001"}})

    assert [(p.file, p.line, p.column) for p in reading.problems] == [("links.csv", 2, "URN")]
    assert (schools(reading), reading.questions) == ([], ())


def test_a_school_is_linked_once_and_a_trust_described_once() -> None:
    reading = read_register(
        establishments({}, {}, {"URN": "900002"}),
        links({}, {"Group UID": "99002"}, {"URN": "900002", "Group Name": "HAVEN TRUST"}),
        members={},
    )

    assert [(p.file, p.line, p.column) for p in reading.problems] == [
        ("establishments.csv", 3, "URN"),
        ("links.csv", 3, "URN"),
        ("links.csv", 4, "Group UID"),
    ]
    assert schools(reading) == [SCHOOL]


@pytest.mark.parametrize("kind", ["Federation", "School sponsor", "Trust", "Umbrella trust"])
def test_groups_that_are_no_academy_trusts_are_passed_over(kind: str) -> None:
    federation = {"Group ID": "FD1", "Group UID": "1", "Joined date": "", "Group Type": kind}

    reading = read_register(establishments({}), links(federation, {"Group Type": "Multi-academy trust"}), members={})

    assert reading.problems == ()
    assert schools(reading) == [SCHOOL]


def test_a_member_that_vanished_from_the_file_is_a_question() -> None:
    reading = read_register(
        establishments({}),
        links({}, {"URN": "900003", "Joined date": "?"}),
        members={"99001": {"900001", "900002", "900003"}, "99002": {"900001"}},
    )

    message = "This member is no longer in the file: has it left, or has it a new URN?"
    assert reading.questions == (
        Question(code="vanished", trustuid="99001", urn="900002", message=message),
        Question(code="vanished", trustuid="99002", urn="900001", message=message, now_with="99001"),
    )
    assert {ask.command for ask in reading.asks} == {"RegisterTrust", "JoinSchool"}


@pytest.mark.parametrize("status", ["Closed", "Proposed to open"])
def test_a_linked_school_that_is_not_open_is_a_question(status: str) -> None:
    reading = read_register(establishments({"EstablishmentStatus (name)": status}), links({}), members={})

    assert schools(reading) == []
    assert [(q.code, q.urn) for q in reading.questions] == [("not_open", "900001")]


def test_a_school_that_may_close_is_open() -> None:
    may_close = establishments({"EstablishmentStatus (name)": "Open, but proposed to close"})

    assert schools(read_register(may_close, links({}), members={})) == [SCHOOL]


def test_a_closed_trust_is_not_registered_and_its_members_are_questions() -> None:
    closed = links({"Closed Date": "31-08-2024"}, {"Closed Date": "31-08-2024", "URN": "900002"})

    reading = read_register(establishments({}), closed, members={"99001": {"900001"}})

    assert (reading.asks, reading.problems) == ((), ())
    assert [(q.code, q.urn) for q in reading.questions] == [("group_closed", "900001")]


@pytest.mark.parametrize(
    ("word", "kind", "ours"),
    [
        ("Nursery", "Local authority nursery school", "nursery"),
        ("Middle deemed primary", "Academy converter", "middle"),
        ("Middle deemed secondary", "Academy converter", "middle"),
        ("16 plus", "Free schools 16 to 19", "sixteen_plus"),
        ("All-through", "Academy sponsor led", "all_through"),
        ("Not applicable", "Academy special converter", "special"),
        ("Not applicable", "Special post 16 institution", "special"),
        ("Not applicable", "Academy 16-19 converter", "sixteen_plus"),
        ("Not applicable", "Academy alternative provision converter", "other"),
        ("Not applicable", "Children's centre", "other"),
        ("Junior", "Academy converter", None),
    ],
)
def test_phases_are_told_by_word_and_type(word: str, kind: str, ours: str | None) -> None:
    assert phase(word, kind) == ours


cells = st.text(max_size=8) | st.sampled_from(["900001", "99001", "TR09901", "01/09/2020", "Open", "Primary", "0", '"'])
damaged = st.one_of(
    st.binary(max_size=400),
    st.lists(st.lists(cells, max_size=11)).map(lambda rows: "\n".join(",".join(row) for row in rows).encode()),
)


@over(damaged, damaged, st.booleans())
def test_reading_never_raises(some: bytes, others: bytes, headed: bool) -> None:  # noqa: FBT001  drawn, not passed
    e, g = (",".join(row).encode() + b"\n" if headed else b"" for row in (ESTABLISHMENT, LINK))

    reading = read_register(Source("e", e + some), Source("g", g + others), members={"99001": {"900001"}})

    for ask in reading.asks:
        COMMANDS[ask.command].validate_python(ask.payload)


def test_an_endless_quotation_is_a_problem() -> None:
    reading = read_register(
        Source("e.csv", establishments({}).content + b'"' + b"x\n" * 100_000), links({}), members={}
    )

    assert (reading.problems[0].line, reading.problems[0].column) == (3, None)
    assert schools(reading) == [SCHOOL]
