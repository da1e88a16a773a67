"""What may be said to talent, by the type of event that it claims; a typed command is the same claim under a path."""

from services.talent.intake import (
    careers,
    deployments,
    forecast,
    induction,
    leaders,
    leadership,
    people,
    posts,
    register,
    roles,
)
from shared.contracts.talent import contract
from shared.intake import Admission, Admissions

_taken = (
    *register.taken,
    *people.taken,
    *leaders.taken,
    *leadership.taken,
    *careers.taken,
    *induction.taken,
    *posts.taken,
    *roles.taken,
    *deployments.taken,
)
admissions: Admissions = {contract.names[event]: admission for event, _, admission in _taken}
commands: dict[str, Admission] = {path: admission for _, path, admission in _taken} | forecast.commands
