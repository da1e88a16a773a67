"""In which units each dimension of capacity is counted: what is used up, and what is a rate."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.collaboration.capacity import Unit, rates
from shared.contracts.vocabulary import Dimension
from shared.decider import Rejected

_of_people: frozenset[Unit] = frozenset({"half_days", *rates})
units_of: Mapping[Dimension, frozenset[Unit]] = {
    "people": _of_people,
    "time": _of_people,
    "collaboration": _of_people,
    "intellectual": frozenset({"places", "half_days"}),
    "financial": frozenset({"pence"}),
}


def check_unit(dimension: Dimension, unit: Unit, field: str = "/unit") -> None:
    """Totals never mix units, so each dimension has its own."""
    if unit not in units_of[dimension]:
        raise Rejected(
            "unit_of_other_dimension",
            "People, time and collaboration are counted in half-days or a rate, intellectual capacity in places or"
            " half-days, money in pence.",
            field=field,
        )
