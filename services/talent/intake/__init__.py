"""What may be said to talent, by the type of event that it claims; a typed command is the same claim under a path."""

from services.talent.intake import careers, deployments, induction, register
from shared.contracts.talent import contract
from shared.intake import Admission, Admissions

_taken = (*register.taken, *careers.taken, *induction.taken, *deployments.taken)
admissions: Admissions = {contract.names[event]: admission for event, _, admission in _taken}
commands: dict[str, Admission] = {path: admission for _, path, admission in _taken}
