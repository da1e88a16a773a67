"""Who works together: schools of the trust, the trust itself, and partners outside."""

from __future__ import annotations

from collections.abc import Sequence

from services.collaboration.domain.units import check_unit
from shared.contracts.collaboration.partnerships import Partner
from shared.contracts.vocabulary import Urn
from shared.decider import Rejected

own = frozenset({"school", "trust"})


def schools_among(partners: Sequence[Partner]) -> tuple[Urn, ...]:
    """The schools of the trust among the partners."""
    return tuple(partner.urn for partner in partners if partner.urn is not None)


def check_partners(partners: Sequence[Partner]) -> None:
    """Each is named as its kind asks and once, at least one is the trust's own, and what they exchange is countable."""
    named: set[tuple[str, str | None]] = set()
    for number, partner in enumerate(partners):
        _check_named(partner, f"/partners/{number}")
        name = (partner.kind, partner.urn or partner.name)
        if name in named:
            raise Rejected("partner_named_twice", "Name each partner once.", field=f"/partners/{number}")
        named.add(name)
        for part, amounts in (("gives", partner.gives), ("receives", partner.receives)):
            for place, amount in enumerate(amounts):
                check_unit(amount.dimension, amount.unit, f"/partners/{number}/{part}/{place}/unit")
    if not any(partner.kind in own for partner in partners):
        raise Rejected(
            "no_partner_of_trust", "Let the trust or a school of it be one of the partners.", field="/partners"
        )


def _check_named(partner: Partner, field: str) -> None:
    """A school of the trust has a URN, a partner outside a name, and the trust itself neither."""
    for part, given, asked in (
        ("urn", partner.urn is not None, partner.kind == "school"),
        ("name", partner.name is not None, partner.kind not in own),
    ):
        if given != asked:
            raise Rejected(
                "partner_misnamed",
                "Give a school of the trust by its URN, a partner outside by its name, and the trust by neither.",
                field=f"{field}/{part}",
            )
