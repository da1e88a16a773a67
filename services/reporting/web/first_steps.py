"""What an empty first page says: what there is to do, in its order, until schools have something to answer."""

from __future__ import annotations

from dataclasses import dataclass

from services.reporting.read_models.reading import View
from services.reporting.signing_in.sessions import Person
from services.reporting.web.acts import Act, allowed
from services.reporting.web.asking import sql


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Something to do first. `acts`: the form that does it, for who may."""

    text: str
    done: bool
    acts: tuple[Act, ...] = ()


_forms = (
    ("terms", "set-term-dates", "Set the term dates", "Say when the school year's half-terms are."),
    ("cycle", "open-cycle", "Open a cycle", "A cycle is the time in which every leadership team meets and answers."),
    ("focus", "set-focus-area", "Agree on a focus area", "Say what the trust works on, and what it asks about it."),
    ("item", "issue-agenda-item", "Issue an agenda item", "The question then stands on the next agendas of schools."),
)


async def first_steps(view: View, trustuid: str | None, cycle: str | None, person: Person | None) -> list[FirstStep]:
    """From the register to the first question of a cycle, each with whether it is done."""
    [begun] = await view.conn.fetch(sql("begun"), trustuid, cycle)
    registered = "Let whoever runs Baton register the trust and its schools (baton register import)."
    return [
        FirstStep(registered, trustuid is not None),
        *(
            FirstStep(text, begun[step], allowed([Act(name, form, {}, trustuid)], person, view) if trustuid else ())
            for step, form, name, text in _forms
        ),
    ]
