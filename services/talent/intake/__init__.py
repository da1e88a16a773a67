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
from services.talent.intake.putting_right import putting_right
from shared.contracts.talent import bookkeeping, contract
from shared.intake import Admission, Admissions, by_type, revealing, voiding

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
_all = (*_taken, voiding.taken(putting_right, _taken))
admissions: Admissions = by_type(contract, _all)
commands: dict[str, Admission] = {
    **{path: admission for _, path, admission in _all},
    **forecast.commands,
    **revealing.commands(bookkeeping.PersonalDataRevealed),
}
