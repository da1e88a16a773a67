"""Claims from schools' systems: one pipeline behind the HTTP door and the Kafka door."""

from shared.intake.claims import Admission, Admissions, Claim, ClaimRefused, read_claim
from shared.intake.door import Intake, Sender
from shared.intake.parking import schema

__all__ = ["Admission", "Admissions", "Claim", "ClaimRefused", "Intake", "Sender", "read_claim", "schema"]
