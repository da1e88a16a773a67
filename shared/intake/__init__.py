"""Claims from schools' systems: one pipeline behind the HTTP door and the Kafka door."""

from shared.intake.claims import Admission, Admissions, Claim, ClaimRefused, Taken, read_claim
from shared.intake.door import Intake, Sender
from shared.intake.people import People
from shared.intake.schemas import origins_schema, schema, staff_schema

__all__ = [
    "Admission",
    "Admissions",
    "Claim",
    "ClaimRefused",
    "Intake",
    "People",
    "Sender",
    "Taken",
    "origins_schema",
    "read_claim",
    "schema",
    "staff_schema",
]
