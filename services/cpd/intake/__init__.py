"""What may be said to cpd, by the type of event that it claims; a typed command is the same claim under a path."""

from services.cpd.intake import (
    bookings,
    compliance,
    impact,
    needs,
    participation,
    pioneer_visits,
    programmes,
    qualifications,
)
from services.cpd.intake.putting_right import putting_right
from shared.contracts.cpd import bookkeeping, contract
from shared.intake import Admission, Admissions, by_type, revealing, voiding

_taken = (
    *programmes.taken,
    *bookings.taken,
    *participation.taken,
    *impact.taken,
    *pioneer_visits.taken,
    *needs.taken,
    *qualifications.taken,
    *compliance.taken,
)
_all = (*_taken, voiding.taken(putting_right, _taken))
admissions: Admissions = by_type(contract, _all)
commands: dict[str, Admission] = {
    **{path: admission for _, path, admission in _all},
    **revealing.commands(bookkeeping.PersonalDataRevealed),
}
