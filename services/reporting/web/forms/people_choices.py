"""People to choose from: by their names for who may read those, by what they do and where for all others.

A trust has thousands: the place where somebody works is chosen first.
"""

from __future__ import annotations

from uuid import UUID

from services.reporting.seeing.texts import ERASED, Sealed
from services.reporting.web.forms.choices import schools_or_trust
from services.reporting.web.forms.form import NOTHING, Asking, Field, Option
from services.reporting.web.forms.rows import Row, rows
from services.reporting.web.schools import members
from services.reporting.wording import said
from shared.contracts.vocabulary import Urn

_last = 6
place = Field(name="urn", label="Where do they work?", type=Urn, options=schools_or_trust)


async def people(asking: Asking) -> list[Option]:
    """Who works today at the place that is chosen, if somebody speaks for it: person and URN."""
    found = await rows(asking, "people", asking.view.at, asking.trustuid, await _urns(asking))
    sealed = {number: _name(row, asking) for number, row in enumerate(found) if row["name"]}
    names = await asking.texts.open(asking.person, sealed.values()) if asking.texts else {}
    options = [
        Option(
            f"{row['person_id']}/{row['urn'] or ''}",
            _called(row, names.get(sealed[number]) if number in sealed else None),
        )
        for number, row in enumerate(found)
    ]
    return sorted(options, key=lambda option: option.text)


async def _urns(asking: Asking) -> list[str] | None:
    """Those that the chosen place has gone by; None is the trust itself."""
    chosen = asking.chosen.get(place.name)
    if chosen == NOTHING and asking.urns is None:
        return None
    known = await members(asking.view.conn, asking.trustuid, asking.view.at)
    own = [school for school in known if asking.urns is None or school.urn in asking.urns]
    return sorted(urn for school in own if school.urn == chosen for urn in school.urns)


def _name(row: Row, asking: Asking) -> Sealed:
    person_id = UUID(row["person_id"])
    return Sealed(row["name"], row["stream"], row["event_id"], "name", asking.trustuid, row["urn"], person_id)


def _called(row: Row, name: str | None) -> str:
    """Such as "Ann Lee, head at Ashby"; without a name, or once that it was erased, by the end of their id."""
    does = f"{said(row['role'])} at {row['school'] or 'the trust'}"
    if name and name != ERASED:
        return f"{name}, {does}"
    return f"{does}, no. {row['person_id'][-_last:]}{', whose name was erased' if name else ''}"
