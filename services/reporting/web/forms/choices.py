"""What may be chosen, and how it is called: of a contract's `Literal`, and the schools."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.web.forms.form import NOTHING, Asking, Option
from services.reporting.web.schools import members
from services.reporting.wording import said, sentence


def as_options(codes: Sequence[str], field: str = "") -> list[Option]:
    """Codes to choose from, in words, as the field of this name has them."""
    return [Option(code, sentence(said(code, field))) for code in codes]


async def schools(asking: Asking) -> list[Option]:
    """The schools of the trust today."""
    found = await members(asking.view.conn, asking.trustuid, asking.view.at)
    return [Option(school.urn, school.name) for school in found]


async def own_schools(asking: Asking) -> list[Option]:
    """Those that somebody speaks for."""
    return [one for one in await schools(asking) if asking.urns is None or one.value in asking.urns]


async def schools_or_trust(asking: Asking) -> list[Option]:
    """Those that somebody speaks for; and, for its leaders, the trust itself, which has no URN."""
    trust = [Option(NOTHING, "The trust")] if asking.urns is None else []
    return [*trust, *await own_schools(asking)]
