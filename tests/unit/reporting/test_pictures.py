"""Where the bars and dots of a picture stand."""

from __future__ import annotations

from datetime import UTC, datetime

from services.reporting.web import pictures
from services.reporting.web.pictures.picture import Bar, Bars, Dot, Dots, Part

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def bars(*given: Bar, most_to: float = 0) -> Bars:
    return Bars("", "", (), given, most_to)


def test_the_longest_bar_fills_the_width() -> None:
    picture = bars(Bar("a", "", (Part(1, "full"), Part(3, "hatched"))), Bar("b", "", (Part(2, "full"),)))

    assert [each.pieces for each in picture.drawn] == [((0, 25, "full"), (25, 75, "hatched")), ((0, 50, "full"),)]


def test_what_goes_to_the_left_ends_at_the_axis() -> None:
    picture = bars(Bar("gives", "", (Part(3, "full"),)), Bar("takes", "", (), (Part(1, "hatched"),)))

    assert picture.axis == 25
    assert [each.pieces for each in picture.drawn] == [((25, 75, "full"),), ((0, 25, "hatched"),)]


def test_a_place_that_is_left_free_moves_what_follows() -> None:
    assert bars(Bar("a", "", (Part(1, "none"), Part(1, "full")))).drawn[0].pieces == ((50, 50, "full"),)


def test_a_scale_can_end_beyond_the_longest_bar() -> None:
    assert bars(Bar("a", "", (Part(40, "full"),)), most_to=100).drawn[0].pieces == ((0, 40, "full"),)


def test_bars_of_nothing_are_drawn_as_nothing() -> None:
    assert bars(Bar("a", "", (Part(0, "full"),))).drawn[0].pieces == ()


def test_of_many_bars_the_first_are_drawn_and_the_rest_counted() -> None:
    picture = bars(*(Bar(str(n), "", (Part(n, "full"),)) for n in range(30)))

    assert (len(picture.drawn), picture.left_out) == (24, 6)


def test_dots_stand_around_zero_between_the_widest_interval() -> None:
    picture = Dots("", "", (Dot("2027/28", 1, -1, 3), Dot("2028/29", 0, 0, 1)))

    assert [(placed.x, placed.y, placed.low_y, placed.high_y) for placed in picture.placed] == [
        (25, 128, 228, 28),
        (75, 178, 178, 128),
    ]
    assert picture.zero == 178


def test_a_report_without_pictures_has_none() -> None:
    assert pictures.of("history", [{}], AT) == ()
