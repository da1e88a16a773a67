"""The stories of one-to-ones: the same template everywhere, with who leads whom on that day."""

from __future__ import annotations

import pytest

from tests.integration.stories.coaching import (
    LAST_YEAR,
    YESTERDAY,
    appointment,
    conversation,
    has_template,
    manages,
)
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.support.writer import TRUST

pytestmark = pytest.mark.timeout(300)
WORDS = "We spoke about the timetable of Year 9."


async def test_one_to_ones_go_by_one_template_and_what_is_said_stays_between_the_two(trust: Trust) -> None:
    manager, leader = await trust.employs("deputy_headteacher"), await trust.employs("middle_leader")
    await manages(trust, manager, leader)
    template = await has_template(trust)
    planned = appointment(leader, manager, template)

    await trust.does("collaboration", "/one-to-ones", planned, school=HERE)
    held = conversation(planned, content=WORDS, next_on=str(TODAY))
    await trust.does("collaboration", f"/one-to-ones/{planned['one_to_one_id']}/hold", held, school=HERE)

    [(_, scheduled), (name, kept)] = await trust.history("collaboration", f"one-to-one-{planned['one_to_one_id']}")
    assert (scheduled["version"], name, kept["topics"]) == (1, "OneToOneHeld", ["Priorities"])
    assert kept["content"].startswith("sealed:")


async def test_a_new_version_of_the_template_counts_from_its_day(trust: Trust) -> None:
    manager, leader = await trust.employs("deputy_headteacher"), await trust.employs("middle_leader")
    await manages(trust, manager, leader)
    template = await has_template(trust)
    second = {"trustuid": TRUST, "template": template, "topics": ["Workload"], "from_on": str(TODAY)}
    await trust.does("collaboration", "/one-to-one-templates", second)

    versions = []
    for day in (YESTERDAY, str(TODAY)):
        planned = appointment(leader, manager, template, planned_on=day)
        await trust.does("collaboration", "/one-to-ones", planned)
        [(_, scheduled)] = await trust.history("collaboration", f"one-to-one-{planned['one_to_one_id']}")
        versions.append(scheduled["version"])

    assert versions == [1, 2]


async def test_a_head_meets_who_leads_the_trust_or_chairs_the_governors(trust: Trust) -> None:
    head = await trust.employs("headteacher")
    executive = await trust.employs("chief_executive", urn=None)
    chair = await trust.employs("chair_of_governors", kind="governor")
    template = await has_template(trust)

    for manager in (executive, chair):
        await trust.does("collaboration", "/one-to-ones", appointment(head, manager, template))

    for stranger in (await trust.employs(), await trust.employs("attendance_officer", urn=None)):
        code = await trust.cannot("collaboration", "/one-to-ones", appointment(head, stranger, template))
        assert code == "not_the_line_manager"


async def test_the_manager_of_that_day_counts(trust: Trust) -> None:
    first, second = [await trust.employs("deputy_headteacher") for _ in range(2)]
    leader = await trust.employs("middle_leader")
    await manages(trust, first, leader, LAST_YEAR)
    await manages(trust, second, leader, str(TODAY))
    template = await has_template(trust)

    await trust.does("collaboration", "/one-to-ones", appointment(leader, first, template, planned_on=YESTERDAY))
    late = appointment(leader, first, template, planned_on=str(TODAY))

    assert await trust.cannot("collaboration", "/one-to-ones", late) == "not_the_line_manager"


async def test_a_school_speaks_of_leaders_of_its_own(trust: Trust) -> None:
    manager, leader = [await trust.employs("deputy_headteacher", urn=THERE) for _ in range(2)]
    await manages(trust, manager, leader)
    said = appointment(leader, manager, await has_template(trust))

    assert await trust.cannot("collaboration", "/one-to-ones", said, school=HERE) == "not_your_school"
