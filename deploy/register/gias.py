"""The two files of Get Information About Schools: establishments, and their links to groups.

Both are taken as they are downloaded, for the whole country or for one trust.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from deploy.register.reading import Ask, Payload, Question, Reading, reading
from deploy.table import Problem, Row, Source, read_table

_ESTABLISHMENT_COLUMNS = (
    "URN",
    "EstablishmentName",
    "EstablishmentStatus (name)",
    "TypeOfEstablishment (name)",
    "PhaseOfEducation (name)",
    "LA (name)",
    "UKPRN",
    "Easting",
    "Northing",
    "Trusts (code)",
)
_LINK_COLUMNS = (
    "URN",
    "Group UID",
    "Group ID",
    "Group Name",
    "Companies House Number",
    "Joined date",
    "Closed Date",
)
# The national file has federations and sponsors too and tells them by this; a trust's own may leave it out.
_GROUP_TYPE = "Group Type"

_URN = re.compile(r"[1-9][0-9]{5}")
_UKPRN = re.compile(r"1[0-9]{7}")
_UID = re.compile(r"[1-9][0-9]{3,4}")
_TRUST_REF = re.compile(r"TR[0-9]{5}")
_COMPANY = re.compile(r"[A-Z0-9]{1,8}")

_PHASES = {
    "nursery": "nursery",
    "primary": "primary",
    "middle deemed primary": "middle",
    "middle deemed secondary": "middle",
    "secondary": "secondary",
    "all-through": "all_through",
    "16 plus": "sixteen_plus",
}
# Of schools without a phase the type of establishment says more; the first word found counts.
_PHASES_BY_TYPE = {
    "special": "special",
    "nursery": "nursery",
    "16": "sixteen_plus",
    "sixth form": "sixteen_plus",
    "further education": "sixteen_plus",
}
_STATUSES = {  # and whether it is open
    "open": True,
    "open, but proposed to close": True,
    "closed": False,
    "proposed to open": False,
}


def phase(word: str, type_of_establishment: str) -> str | None:
    """The contracts' phase for GIAS's words; None for a word that GIAS does not have."""
    if word.casefold() != "not applicable":
        return _PHASES.get(word.casefold())
    kind = type_of_establishment.casefold()
    return next((ours for theirs, ours in _PHASES_BY_TYPE.items() if theirs in kind), "other")


_Said = Ask | Problem | Question


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    file: str
    line: int
    trust: Payload
    urn: str
    joined_on: str

    @property
    def trustuid(self) -> str:
        return str(self.trust["trustuid"])


def read_register(
    establishments: Source,
    group_links: Source,
    *,
    members: Mapping[str, Collection[str]],
    trusts: Collection[str] | None = None,
) -> Reading:
    """What the two files ask for: every trust, then the schools without a problem or a question.

    Args:
        establishments: the establishment file.
        group_links: the file of links between establishments and groups.
        members: the URNs of each trust's members as the register has them now, by group UID.
        trusts: group UIDs; what the files say about other trusts is passed over. None takes every trust.
    """
    link_table = read_table(group_links, _LINK_COLUMNS, [_GROUP_TYPE])
    establishment_table = read_table(establishments, _ESTABLISHMENT_COLUMNS)
    said: list[_Said] = [*link_table.problems, *establishment_table.problems]
    if link_table.readable and establishment_table.readable:
        rows = [row for row in link_table.rows if _is_of_trust(row)]
        if trusts is not None:
            members = {uid: urns for uid, urns in members.items() if uid in trusts}
        ours = [row for row in rows if trusts is None or row.raw("Group UID") in trusts]
        said += _asked(ours, establishment_table.rows, members)
        said += _vanished(rows, members)
    return reading(said)


def _is_of_trust(row: Row) -> bool:
    kind = row.raw(_GROUP_TYPE).casefold()
    return not kind or kind.endswith("academy trust")


def _asked(
    link_rows: Iterable[Row], establishment_rows: Iterable[Row], members: Mapping[str, Collection[str]]
) -> Iterator[_Said]:
    links: list[_Link] = []
    for said in _links(link_rows, members):
        if isinstance(said, _Link):
            links.append(said)
        else:
            yield said
    yield from _trusts(links)
    linked = {link.urn for link in links}
    rows: dict[str, Row] = {}
    for row in establishment_rows:
        urn = row.matching("URN", _URN, "a URN of six digits")
        if urn in rows:
            row.wrong("URN", "stands in the file more than once: the first line counts")
        elif urn in linked:
            rows[urn] = row
        yield from row.problems
    for link in links:
        if link.urn in rows:
            yield from _school(link, rows[link.urn])
        else:
            yield Problem(file=link.file, line=link.line, column="URN", message="is not in the establishments file")


def _links(rows: Iterable[Row], members: Mapping[str, Collection[str]]) -> Iterator[_Link | _Said]:
    """The links to open trusts."""
    trusts: dict[str, Payload] = {}
    linked: set[str] = set()
    for row in rows:
        urn = row.matching("URN", _URN, "a URN of six digits")
        trust = _trust(row)
        uid = str(trust["trustuid"])
        if row.raw("Closed Date"):
            if urn in members.get(uid, ()):
                yield Question(
                    code="group_closed",
                    trustuid=uid,
                    urn=urn,
                    message="The trust of this member has closed: when did the school leave, and for where?",
                )
            continue
        joined_on = row.day("Joined date")
        if not row.problems and trusts.setdefault(uid, trust) != trust:
            row.wrong("Group UID", "has other details of the trust than a line above")
        if urn in linked:
            row.wrong("URN", "is linked to a trust on a line above already: that line counts")
        if row.problems:
            yield from row.problems
        else:
            linked.add(urn)
            yield _Link(file=row.file, line=row.line, trust=trust, urn=urn, joined_on=joined_on)


def _trust(row: Row) -> Payload:
    company = row.optional_matching("Companies House Number", _COMPANY, "a company number of up to 8 characters")
    return {
        "trustuid": row.matching("Group UID", _UID, "a group UID of four or five digits"),
        "trust_ref": row.matching("Group ID", _TRUST_REF, "a trust reference as TR and five digits"),
        "name": row.text("Group Name"),
        "companies_house_number": company and company.zfill(8),  # spreadsheets drop leading zeros
    }


def _trusts(links: Iterable[_Link]) -> Iterator[Ask]:
    asked: set[str] = set()
    for link in links:
        if link.trustuid not in asked:
            asked.add(link.trustuid)
            yield Ask(command="RegisterTrust", payload=link.trust, file=link.file, line=link.line)


def _school(link: _Link, row: Row) -> Iterator[_Said]:
    word = row.raw("PhaseOfEducation (name)")
    payload: Payload = {
        "trustuid": link.trustuid,
        "urn": link.urn,
        "name": row.text("EstablishmentName"),
        "phase": phase(word, row.raw("TypeOfEstablishment (name)")),
        "la": row.optional("LA (name)"),
        "ukprn": row.optional_matching("UKPRN", _UKPRN, "a UKPRN of eight digits"),
        "joined_on": link.joined_on,
        "easting": row.number("Easting") or None,  # 0 is how the file says that the place is not known
        "northing": row.number("Northing") or None,
    }
    status = row.raw("EstablishmentStatus (name)").casefold()
    if payload["phase"] is None:
        row.wrong("PhaseOfEducation (name)", "is no phase that Get Information About Schools has")
    if status not in _STATUSES:
        row.wrong("EstablishmentStatus (name)", "is no status that Get Information About Schools has")
    if row.raw("Trusts (code)") not in {"", link.trustuid}:
        row.wrong("Trusts (code)", "is another trust than in the file of links: download both on one day")
    if row.problems:
        yield from row.problems
    elif _STATUSES[status]:
        yield Ask(command="JoinSchool", payload=payload, file=link.file, line=link.line)
    else:
        yield Question(
            code="not_open",
            trustuid=link.trustuid,
            urn=link.urn,
            message="This school is linked to the trust and not open: has it closed, or is it yet to open?",
        )


def _vanished(rows: Iterable[Row], members: Mapping[str, Collection[str]]) -> Iterator[Question]:
    """Members that no line names under their trust, be the line good or bad."""
    trusts: dict[str, set[str]] = {}
    for row in rows:
        trusts.setdefault(row.raw("URN"), set()).add(row.raw("Group UID"))
    for uid, urns in members.items():
        for urn in sorted(urns):
            named = trusts.get(urn, set())
            if uid not in named:
                yield Question(
                    code="vanished",
                    trustuid=uid,
                    urn=urn,
                    message="This member is no longer in the file: has it left, or has it a new URN?",
                    now_with=min(named, default=None),
                )
