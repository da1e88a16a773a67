"""What is left is counted day by day for a rate, and in all for what is used up."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.spans import Span, least
from services.collaboration.domain.units import units_of
from shared.contracts.collaboration.capacity import rates

START = date(2026, 9, 1)
DAYS = st.integers(0, 12).map(lambda days: START + timedelta(days=days))
WINDOWS = st.tuples(DAYS, DAYS).map(sorted)
SPANS = st.lists(
    st.builds(lambda window, quantity: Span(window[0], window[1], quantity), WINDOWS, st.integers(-9, 9)), max_size=8
)
ALL_UNITS = frozenset[str]().union(*units_of.values())


@over(SPANS, WINDOWS, st.sampled_from(sorted(rates)))
def test_a_rate_is_as_much_as_on_its_least_day(spans: list[Span], window: list[date], unit: str) -> None:
    first, last = window
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    levels = [sum(span.quantity for span in spans if span.from_on <= day <= span.to_on) for day in days]

    assert least(spans, unit, first, last) == min(levels)  # type: ignore[arg-type]


@over(SPANS, WINDOWS, st.sampled_from(sorted(ALL_UNITS - rates)))
def test_what_is_used_up_is_one_amount_whenever_it_is(spans: list[Span], window: list[date], unit: str) -> None:
    assert least(spans, unit, *window) == sum(span.quantity for span in spans)  # type: ignore[arg-type]
