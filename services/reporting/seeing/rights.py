"""What somebody at a page may do. A writer's door decides for itself again: this is what is shown and offered."""

from __future__ import annotations

from typing import Literal

from services.reporting.read_models.reading import View
from services.reporting.signing_in.sessions import Person
from shared import identity
from shared.identity import Deed, reach

Side = Literal["trust", "school"]


def can(person: Person | None, deed: Deed, *, trustuid: str, urn: str | None = None) -> bool:
    """Whether somebody may do something in a trust, or in one of its schools (`shared.identity.rights`).

    Args:
        person: None is somebody who is not signed in, and may do nothing.
        urn: the school that it is about; None: the trust itself.
    """
    return person is not None and identity.can(person.principal, deed, trustuid=trustuid, urn=urn)


def sees_whole(person: Person | None, view: View, trustuid: str | None, school: str | None) -> bool:
    """Whether somebody looks at their own school, and not at what a receipt was made of: that is the same for all."""
    of_receipt = view.as_of is not None and view.as_of.receipt is not None
    return not of_receipt and can(person, "see_whole", trustuid=trustuid or "", urn=school)


def side_of(person: Person | None) -> Side:
    """Whose word somebody's is."""
    return "trust" if person is not None and reach(person.principal, "act") == "trust" else "school"
