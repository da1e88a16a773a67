"""What may be chosen, and how it is called: of a contract's `Literal`, and the schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.reporting.web.forms.form import NOTHING, Asking, Option
from services.reporting.web.schools import members
from services.reporting.web.words import sentence, states

_said: Mapping[str, str] = {
    **{name: look.word for name, look in states.items()},
    "financial": "money",
    "hr": "HR",
    "intellectual": "knowledge",
    "fte_hundredths": "hundredths of a full-time post",
    "half_days_a_week": "half-days a week",
    "half_days": "half-days",
    "pence": "pence (£1 is 100)",
}


def said(value: str) -> str:
    """A contract's word as a person reads it: "Off track", "Change management"."""
    return sentence(_said.get(value, value.replace("_", " ")))


def as_options(values: Sequence[str]) -> list[Option]:
    return [Option(value, said(value)) for value in values]


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
