"""What may be said to collaboration, by the type of event that it claims; a typed command is the same under a path."""

from services.collaboration.intake import (
    actions,
    agenda,
    answers,
    capacity,
    changes,
    coaching,
    decisions,
    meetings,
    one_to_ones,
    partnerships,
    plans,
    practice,
    priorities,
    reminders,
    reviews,
    self_assessments,
    support,
    visits,
)
from services.collaboration.intake.putting_right import putting_right
from shared.contracts.collaboration import bookkeeping, contract
from shared.intake import Admission, Admissions, by_type, revealing, voiding

_taken = (
    *agenda.taken,
    *meetings.taken,
    *answers.taken,
    *actions.taken,
    *capacity.taken,
    *reviews.taken,
    *visits.taken,
    *practice.taken,
    *reminders.taken,
    *coaching.taken,
    *one_to_ones.taken,
    *plans.taken,
    *priorities.taken,
    *self_assessments.taken,
    *support.taken,
    *partnerships.taken,
    *changes.taken,
    *decisions.taken,
)
_all = (*_taken, voiding.taken(putting_right, _taken))
admissions: Admissions = by_type(contract, _all)
commands: dict[str, Admission] = {
    **{path: admission for _, path, admission in _all},
    **revealing.commands(bookkeeping.PersonalDataRevealed),
}
