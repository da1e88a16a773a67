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
from shared.contracts.cpd import contract
from shared.intake import Admission, Admissions

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
admissions: Admissions = {contract.names[event]: admission for event, _, admission in _taken}
commands: dict[str, Admission] = {path: admission for _, path, admission in _taken}
