"""What somebody at a page may do. A writer's door decides for itself again: this is what is shown and offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from services.reporting.reading import View
from services.reporting.sessions import Person
from shared.identity import Role

Deed = Literal["read_texts", "act", "see_whole", "speak_for_school"]
Side = Literal["trust", "school"]

_in_the_trust: Mapping[Deed, Role] = {"read_texts": "trust_leader", "act": "trust_leader"}
_in_own_schools: Mapping[Deed, Role] = {
    "read_texts": "school_leader",
    "act": "school_leader",
    "see_whole": "school_leader",
    "speak_for_school": "school_leader",
}
"""To see a school whole is to see its small groups too: a head knows them, the trust has no need to. To speak for it is
to say what only the school can say: that it has read something."""


def can(person: Person | None, deed: Deed, *, trustuid: str, urn: str | None = None) -> bool:
    """Whether somebody may do something in a trust, or in one of its schools.

    Args:
        person: None is somebody who is not signed in, and may do nothing.
        urn: the school that it is about; None: the trust itself.
    """
    if person is None or person.principal.trustuid != trustuid:
        return False
    who = person.principal
    everywhere = _in_the_trust.get(deed)
    return (everywhere is not None and who.has(everywhere)) or (urn in who.urns and who.has(_in_own_schools[deed]))


def sees_whole(person: Person | None, view: View, trustuid: str | None, school: str | None) -> bool:
    """Whether somebody looks at their own school, and not at what a receipt was made of: that is the same for all."""
    of_receipt = view.as_of is not None and view.as_of.receipt is not None
    return not of_receipt and can(person, "see_whole", trustuid=trustuid or "", urn=school)


def side_of(person: Person | None) -> Side:
    """Whose word somebody's is."""
    return "trust" if person is not None and person.principal.has("trust_leader") else "school"
