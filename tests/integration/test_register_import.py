"""Importing the register into a running talent: real files once, and again, and changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.register.reading import BUNDLED, ESTABLISHMENTS, GROUP_LINKS, ROLES
from tests.stack import Stack
from tests.support.writer import Place, outside, place, until

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own, and a process for each command

TRUSTS = ("16930", "2939", "3725")


@pytest.fixture(scope="module")
async def talent(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Place]:
    """Talent in a process of its own, with the bundled files imported."""
    async with place(stack) as here, outside(here):
        first = await imported(here)
        assert first == {
            "imported": "all",
            "dry_run": False,
            "asked": {"trusts": 3, "schools": 49, "counts": 7},
            "recorded": 59,
            "already_there": 0,
            "refused": {},
            "parked": 0,
            "problems": [],
            "questions": [],
        }
        await until(lambda: _has_heard(here))
        yield here


async def imported(here: Place, *options: str | Path, code: int = 0) -> dict[str, Any]:
    ended, out, err = await here.baton("register", "import", "--json", *(str(option) for option in options))
    assert ended == code, err
    found: dict[str, Any] = json.loads(out)
    return found


async def events(here: Place) -> Counter[str]:
    """How many events of each type there are."""
    found = await here.fetchval(
        "select json_object_agg(type, n) from (select type, count(*) as n from event group by type) t"
    )
    return Counter({name.split(".")[3]: n for name, n in json.loads(found).items()})


async def _has_heard(here: Place) -> bool:
    heard: int = await here.fetchval("select count(*) from school")
    return heard == 49


async def test_the_bundled_files_are_three_trusts_their_schools_and_the_counts(talent: Place) -> None:
    assert await events(talent) == {"TrustRegistered": 3, "SchoolJoinedTrust": 49, "RoleCountDeclared": 7}

    of_trusts = await talent.fetchval(
        """select array_agg(distinct convert_from(meta, 'utf8')::json ->> 'trustuid')
           from event where type like '%SchoolJoined%'"""
    )
    assert sorted(of_trusts) == sorted(TRUSTS)


async def test_importing_again_adds_no_event(talent: Place) -> None:
    before = await events(talent)

    again = await imported(talent)

    assert (again["recorded"], again["already_there"], again["questions"]) == (0, 59, [])
    assert await events(talent) == before


async def test_a_changed_count_is_one_new_event(talent: Place, tmp_path: Path) -> None:
    before = await events(talent)
    changed = tmp_path / "roles.csv"
    changed.write_text((BUNDLED / ROLES).read_text().replace(",NLE,17,", ",NLE,18,"))

    found = await imported(talent, "--roles", changed)

    assert (found["recorded"], found["already_there"]) == (1, 58)
    assert await events(talent) - before == {"RoleCountDeclared": 1}


async def test_a_line_with_a_problem_is_left_out_and_named(talent: Place, tmp_path: Path) -> None:
    lines = (BUNDLED / ROLES).read_text().splitlines()
    broken = tmp_path / "roles.csv"
    broken.write_text("\n".join([*lines, "Rutland,National Leader of Education,NLE,some,,,", "Rutland,Hub,TSH,2,,,"]))
    before = await events(talent)

    nothing = await imported(talent, "--roles", broken, "--all-or-nothing", code=1)
    assert (nothing["imported"], await events(talent)) == ("nothing", before)

    ended, out, _ = await talent.baton("register", "import", "--roles", str(broken))
    assert ended == 1
    assert f"roles.csv:{len(lines) + 1}: count: is not a whole number in digits" in out
    assert out.splitlines()[-1] == "1 line has a problem; the rest was imported."
    assert await events(talent) - before == {"RoleCountDeclared": 2}  # Rutland's other line, and NLE is 17 again


async def test_a_dry_run_sends_nothing(talent: Place, tmp_path: Path) -> None:
    changed = tmp_path / "roles.csv"
    changed.write_text("area,role,scheme,count,not_known_reason,schools_sponsored\nKent,Leader,NLE,3,,\n")
    before = await events(talent)

    found = await imported(talent, "--roles", changed, "--dry-run")

    assert (found["imported"], found["asked"]["counts"], await events(talent)) == ("nothing", 1, before)


async def test_a_renamed_trust_and_a_vanished_school_are_questions(talent: Place, tmp_path: Path) -> None:
    renamed, fewer = tmp_path / "links.csv", tmp_path / "establishments.csv"
    links = (BUNDLED / GROUP_LINKS).read_text().replace("LEIGH ACADEMIES TRUST", "LEIGH LEARNING TRUST")
    gone = links.splitlines()[-1].split(",")[0]
    renamed.write_text("\n".join(links.splitlines()[:-1]))
    fewer.write_text((BUNDLED / ESTABLISHMENTS).read_text())
    before = await events(talent)

    found = await imported(talent, "--group-links", renamed, "--establishments", fewer)

    questions = {(q["code"], q["trustuid"], q["urn"]) for q in found["questions"]}
    assert ("trust_renamed", "3725", None) in questions
    assert {(code, urn) for code, _, urn in questions} == {("trust_renamed", None), ("vanished", gone)}
    assert (found["refused"], found["problems"]) == ({"trust_exists": 1}, [])
    assert await events(talent) == before


async def test_only_a_member_of_the_trust_is_admitted_for_it(talent: Place) -> None:
    ended, _, err = await talent.baton("school", "admit", "130909", "--trust", "3725")
    assert (ended, "not a member of the trust 3725" in err) == (1, True)
    assert (await talent.baton("school", "admit", "12"))[0] == 2
    assert (await talent.baton("school", "admit"))[0] == 2


async def test_a_development_token_is_taken_and_in_production_there_is_none(talent: Place) -> None:
    ended, out, _ = await talent.baton("token", "--role", "school_system", "--trust", "2939", "--urn", "130909")
    assert ended == 0
    assert out.count(".") == 2
    assert (await talent.baton("token", "--role", "school_system", "--trust", "2939"))[0] == 2
    assert (await talent.baton("token", "--role", "king", "--trust", "2939"))[0] == 2

    ended, out, err = await talent.baton(
        "token", "--role", "auditor", "--trust", "2939", BATON_ENVIRONMENT="production"
    )
    assert (ended, out) == (1, "")
    assert "signs nothing in production" in err


async def test_without_talent_the_import_says_so(talent: Place) -> None:
    ended, _, err = await talent.baton("register", "import", BATON_TALENT_PORT="1")

    assert ended == 1
    assert "cannot be asked" in err
