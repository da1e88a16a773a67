"""Claims from schools' systems: one pipeline behind the HTTP door and the Kafka door."""

from shared.intake.claims import Admission, Admissions, Claim, ClaimRefused, Taken, by_type, read_claim
from shared.intake.door import Intake
from shared.intake.people import People
from shared.intake.schemas import heard_schema, kept_schema, origins_schema, schema, staff_schema, successions_schema
from shared.intake.senders import Sender
from shared.intake.views import View, Views

__all__ = [
    "Admission",
    "Admissions",
    "Claim",
    "ClaimRefused",
    "Intake",
    "People",
    "Sender",
    "Taken",
    "View",
    "Views",
    "by_type",
    "heard_schema",
    "kept_schema",
    "origins_schema",
    "read_claim",
    "schema",
    "staff_schema",
    "successions_schema",
]
