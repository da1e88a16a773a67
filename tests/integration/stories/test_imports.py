"""A trust's first day: its spreadsheets come in through the real doors, looked at first, and once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.door import Door
from deploy.imports.importing import Imported, import_file, kinds
from deploy.imports.reading import Origin
from deploy.imports.sending import Position
from deploy.table import Source
from tests.integration.stories.conftest import Service, Trust
from tests.support.writer import TRUST

STAFF = """staff_ref,name,urn,kind,role,fte,started_on,manager
{0}1,Ada Example,900001,permanent,headteacher,1.0,01/09/2019,
{0}2,Ben Example,900001,fixed_term,teacher,0.8,01/09/2025,{0}1
{0}3,Cai Example,900001,supply,teacher,0.4,05/01/2026,{0}1
{0}3,Cai Example,900002,supply,teacher,0.2,05/01/2026,
{0}4,Dee Example,,trustee,chair_of_trustees,0,01/01/2024,
"""


@dataclass(frozen=True, slots=True)
class Doors:
    """The story's doors, as the importer sees a stack's."""

    trust: Trust

    async def publish(
        self, service: Service, claims: Sequence[Mapping[str, Any]], *, dry_run: bool
    ) -> list[dict[str, Any]]:
        writer = self.trust.writers[service]
        options = {"dry_run": "true"} if dry_run else {}
        return await Door(service, writer.client).publish(claims, writer.place.token("trust_leader"), **options)


async def imports(trust: Trust, kind: str, text: str, tmp_path: Path | None, source: str = "hr") -> Imported:
    """Import a file; without a path it is a dry run."""
    position = Position(tmp_path / "position.json") if tmp_path else None
    content = Source(f"{kind}.csv", text.encode())
    return await import_file(kinds[kind], content, Origin(TRUST, source), Doors(trust), position, lambda _: None)


async def stored(trust: Trust) -> tuple[int, ...]:
    counted = [await w.place.fetchval("select count(*) from event") for w in trust.writers.values()]
    return tuple(counted)


async def test_staff_come_in_once_and_the_rest_of_what_is_known_about_them(trust: Trust, tmp_path: Path) -> None:
    staff = STAFF.format("day-one-")
    before = await stored(trust)
    looked = await imports(trust, "staff", staff, None)
    assert (looked.recorded, looked.problems, looked.reading.lines) == (4, [], 5)
    assert looked.parked == 7  # engagements and managers of people who are not there yet
    assert await stored(trust) == before

    first = await imports(trust, "staff", staff, tmp_path)
    assert (first.recorded, first.parked, first.problems) == (11, 0, [])
    again = await imports(trust, "staff", staff, tmp_path)
    assert (again.recorded, again.already_there, again.problems) == (0, 11, [])

    changed = await imports(trust, "staff", staff.replace("teacher,0.8", "teacher,0.6"), tmp_path)
    assert (changed.recorded, [(p.line, p.message.split("(")[1]) for p in changed.problems]) == (
        0,
        [(3, "engagement_exists)")],
    )

    held = "staff_ref,course,awarded_on\nday-one-1,npq-headship,12/07/2004\nday-one-1,masters,15/11/2011\n"
    trained = "staff_ref,training,completed_on,expires_on\nday-one-2,first_aid,14/03/2024,13/03/2027\n"
    posts = "post_ref,post_type,urns,incumbents,since\nday-one,headteacher,900001,day-one-1,01/09/2019\n"
    await everybody_is_heard_of(trust, "day-one-", 4)
    for kind, text, records in (("qualifications", held, 2), ("training", trained, 1), ("posts", posts, 1)):
        done = await imports(trust, kind, text, tmp_path)
        assert (done.recorded, done.parked, done.problems) == (records, 0, []), kind
        assert (await imports(trust, kind, text, tmp_path)).already_there == records


async def test_a_line_about_nobody_waits_and_a_wrong_one_is_named(trust: Trust, tmp_path: Path) -> None:
    text = "staff_ref,course,awarded_on\nnobody-yet,npq-headship,12/07/2004\nnobody-yet,npq-cooking,12/07/2004\n"

    found = await imports(trust, "qualifications", text, tmp_path)

    assert (found.recorded, found.parked) == (0, 1)
    assert [(p.file, p.line) for p in found.problems] == [("qualifications.csv", 3)]


async def everybody_is_heard_of(trust: Trust, begins: str, count: int) -> None:
    """CPD has heard of the staff references that begin so."""
    people = await trust.writers["talent"].place.fetchval(
        """select array_agg(distinct e ->> 'person_id') from
           (select convert_from(record, 'utf8')::jsonb as e from event where type like '%PersonRegistered%') told
           where e ->> 'staff_ref' like $1 || '%'""",
        begins,
    )
    assert len(people) == count
    for person_id in people:
        await trust.heard("cpd", f"person-{person_id}", 2)
