"""People to choose from: by their names for who may read those, by what they do and where for all others."""

from __future__ import annotations

from uuid import UUID

from services.reporting.texts import Sealed
from services.reporting.web.forms.form import Asking, Option
from services.reporting.web.forms.rows import Row, rows
from services.reporting.wording import said

_last = 6


async def people(asking: Asking) -> list[Option]:
    """Who works today at the schools that somebody speaks for, or at the one that the address names: person and URN."""
    urns, urn = asking.urns, asking.chosen.get("urn")
    wanted = urns if not urn else {urn} if urns is None else urns & {urn}
    found = await rows(asking, "people", asking.view.at, asking.trustuid, None if wanted is None else sorted(wanted))
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


def _name(row: Row, asking: Asking) -> Sealed:
    person_id = UUID(row["person_id"])
    return Sealed(row["name"], row["stream"], row["event_id"], "name", asking.trustuid, row["urn"], person_id)


def _called(row: Row, name: str | None) -> str:
    """Such as "Ann Lee, head at Ashby"; without a name, by the end of their id."""
    does = f"{said(row['role'])} at {row['school'] or 'the trust'}"
    return f"{name}, {does}" if name else f"{does}, no. {row['person_id'][-_last:]}"
