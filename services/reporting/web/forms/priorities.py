"""The form of the vote: leaders of every level put what was proposed for a cycle in their order."""

from __future__ import annotations

from services.reporting.web.forms.form import Asking, Field, Form, Option, of_trust
from services.reporting.web.forms.loop_choices import cycles
from services.reporting.web.forms.people_choices import people, place
from services.reporting.web.forms.rows import rows
from shared.contracts.collaboration.planning import RoleLevel
from shared.contracts.vocabulary import Cycle, Day, Id


async def proposed(asking: Asking) -> list[Option]:
    """What was proposed for the cycle that is chosen, else for the one that runs."""
    known = await cycles(asking)
    cycle = asking.chosen.get("cycle") or (known[0].value if known else "")
    found = await rows(asking, "priorities", asking.trustuid, cycle)
    return [Option(row["priority_id"], row["title"]) for row in found]


vote = Form(
    name="vote",
    title="Vote for priorities",
    about="What should come first? Every leader's order counts; somebody who votes again changes their vote.",
    button="Vote",
    done="The vote is counted.",
    service="collaboration",
    path="/priority-votes",
    needs=("people", "priorities"),
    first=place,
    fields=[
        Field(name="cycle", label="In which cycle?", type=Cycle, options=cycles),
        Field(name="person", label="Whose vote is it?", type=str, options=people, parts=("person_id", "urn")),
        Field(name="role_level", label="What do they do?", type=RoleLevel),
        Field(
            name="ranking",
            label="In which order?",
            hint="The most important first. Places may be left empty.",
            type=tuple[Id, ...],
            kind="ranking",
            options=proposed,
        ),
        Field(name="voted_on", label="When did they vote?", type=Day, begins="today"),
    ],
    adds=of_trust,
)

forms = (vote,)
