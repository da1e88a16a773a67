"""Who could help: the best assignment there is, as brute force finds it, and what is said about each pair."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.matching import capacity, coaching
from services.reporting.matching.assignment import Scores, assign
from services.reporting.matching.capacity import Offer, Request, Suggestion, match
from services.reporting.matching.coaching import Coach, Wish
from services.reporting.matching.fitting import Place, distance_km, worth
from services.reporting.matching.levels import Level, Span, levels

FIRST = date(2026, 11, 1)
UNITS = (("people", "half_days"), ("people", "half_days_a_week"), ("financial", "pence"))


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def request(id: str = "r1", **more: Any) -> Request:
    base = Request(
        id=id,
        trustuid="99001",
        taker_urn="900001",
        dimension="people",
        unit="half_days",
        quantity=6,
        from_on=day(0),
        to_on=day(30),
    )
    return replace(base, **more)


def offer(id: str = "o1", free: int = 6, first: int = 0, last: int = 30, **more: Any) -> Offer:
    base = Offer(
        id=id,
        trustuid="99001",
        giver_urn="900002",
        dimension="people",
        unit="half_days",
        levels=(Level(day(first), day(last), free),),
    )
    return replace(base, **more)


def best_sum(scores: Scores) -> int:
    """The highest sum of any assignment, by trying all."""
    wide = scores if scores.shape[0] <= scores.shape[1] else scores.T
    rows, columns = wide.shape
    return max(
        (
            int(sum(wide[row, column] for row, column in enumerate(chosen)))
            for chosen in permutations(range(columns), rows)
        ),
        default=0,
    )


def chance(seed: int) -> tuple[list[Request], list[Offer]]:
    """A small trust in which much collides: schools, units, windows, specialisms, priorities, places."""
    r = random.Random(seed)
    urns = [f"90000{n}" for n in range(1, 5)]
    places = {
        urn: r.choice([None, Place(r.randrange(400_000, 480_000), r.randrange(300_000, 380_000))]) for urn in urns
    }

    def asked(number: int) -> Request:
        dimension, unit = r.choice(UNITS)
        taker, start = r.choice(urns), r.randrange(40)
        return Request(
            id=f"r{number}",
            trustuid="99001",
            taker_urn=taker,
            dimension=dimension,
            unit=unit,
            quantity=r.randrange(1, 9),
            from_on=day(start),
            to_on=day(start + r.randrange(30)),
            specialism=r.choice([None, None, "phonics", "maths"]),
            priority=r.choice(["high", "medium", "low"]),
            place=places[taker],
        )

    def offered(number: int) -> Offer:
        dimension, unit = r.choice(UNITS)
        giver, start = r.choice([*urns, None]), r.randrange(40)
        cut, end = start + r.randrange(1, 10), start + r.randrange(10, 40)
        levels = [Level(day(start), day(end), r.randrange(9))]
        if unit == "half_days_a_week":
            levels = [Level(day(start), day(cut - 1), r.randrange(5)), Level(day(cut), day(end), r.randrange(5))]
        return Offer(
            id=f"o{number}",
            trustuid="99001",
            giver_urn=giver,
            dimension=dimension,
            unit=unit,
            levels=tuple(levels),
            specialism=r.choice([None, "phonics", "maths"]),
            place=None if giver is None else places[giver],
        )

    return [asked(n) for n in range(r.randrange(7))], [offered(n) for n in range(r.randrange(7))]


def fits(asked: Request, offered: Offer) -> bool:
    """Whether an offer fits, said once more in plain words."""
    shared = [
        d for level in offered.levels for d in days(level.from_on, level.to_on) if asked.from_on <= d <= asked.to_on
    ]
    free = [level.quantity for level in offered.levels if level.from_on <= asked.to_on and asked.from_on <= level.to_on]
    return (
        (asked.dimension, asked.unit) == (offered.dimension, offered.unit)
        and asked.taker_urn != offered.giver_urn
        and asked.specialism in (None, offered.specialism)
        and bool(shared)
        and min(free) > 0
    )


def days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize("thousand", range(10))
def test_it_is_as_good_as_the_best_of_all_assignments(thousand: int) -> None:
    for seed in range(100 * thousand, 100 * thousand + 100):
        requests, offers = chance(seed)
        found = match(requests, offers)
        for dimension, unit in UNITS:
            some = [r for r in requests if (r.dimension, r.unit) == (dimension, unit)]
            others = [o for o in offers if (o.dimension, o.unit) == (dimension, unit)]
            scores = capacity.score(some, others)
            place = {o.id: column for column, o in enumerate(others)}
            row = {r.id: number for number, r in enumerate(some)}
            chosen = [s for s in found if s.best and s.request.id in row]

            assert sum(scores[row[s.request.id], place[s.best.offer.id]] for s in chosen if s.best) == best_sum(scores)
            taken = {s.best.offer.id for s in chosen if s.best}
            assert len(taken) == len(chosen)
            for s in chosen:
                without, others_hold = scores.copy(), scores.copy()
                at, column = row[s.request.id], place[s.best.offer.id] if s.best else 0
                without[at, column] = 0
                kept = place[s.second.offer.id] if s.second else None
                others_hold[at, [c for c in range(len(others)) if c != kept]] = 0

                assert kept != column
                assert best_sum(others_hold) == best_sum(without)  # some best one without the pair has the second


@pytest.mark.parametrize("hundred", range(3))
def test_what_is_suggested_fits_and_what_is_not_says_why(hundred: int) -> None:
    for seed in range(5_000 + 100 * hundred, 5_100 + 100 * hundred):
        requests, offers = chance(seed)
        found = match(requests, offers)

        assert [s.request.id for s in found] == sorted(r.id for r in requests)
        for s in found:
            assert (s.best is None) == (s.why_none is not None)
            for pair in (s.best, s.second):
                assert pair is None or fits(s.request, pair.offer)
            if s.why_none and s.why_none != "others_need_it_more":
                assert not any(fits(s.request, o) for o in offers)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_in_which_they_come_changes_nothing(seed: int, shuffle: random.Random) -> None:
    requests, offers = chance(seed)
    found = match(requests, offers)

    shuffle.shuffle(requests)
    shuffle.shuffle(offers)

    assert match(requests, offers) == found


@given(st.lists(st.sampled_from(["high", "medium", "low"]), min_size=1, max_size=6), st.integers(1, 4))
def test_the_most_are_helped_and_of_them_the_most_urgent(priorities: list[str], places: int) -> None:
    requests = [request(f"r{n}", priority=priority) for n, priority in enumerate(priorities)]
    offers = [offer(f"o{n}", free=1 + n) for n in range(places)]

    helped = [s.request.priority for s in match(requests, offers) if s.best]

    urgency = ["high", "medium", "low"]
    assert sorted(helped, key=urgency.index) == sorted(priorities, key=urgency.index)[:places]


def one(found: list[Suggestion]) -> Suggestion:
    [only] = found
    return only


def test_a_pair_says_how_much_how_long_and_how_far() -> None:
    asked = request(place=Place(450_000, 300_000))
    found = one(match([asked], [offer(free=4, first=10, last=60, place=Place(453_000, 304_000))]))

    assert found.best is not None
    assert (found.best.would_cover, found.best.overlap_days, found.best.distance_km) == (4, 21, 5.0)
    assert found.second is None


def test_of_a_rate_the_least_on_any_day_counts() -> None:
    levels = (Level(day(0), day(9), 3), Level(day(10), day(30), 1))
    found = one(match([request(unit="half_days_a_week", quantity=2)], [offer(unit="half_days_a_week", levels=levels)]))

    assert found.best is not None
    assert found.best.would_cover == 1


def test_nearer_is_better_where_both_cover_it_all() -> None:
    here, near, far = Place(450_000, 300_000), Place(455_000, 300_000), Place(490_000, 300_000)
    found = one(
        match([request(place=here)], [offer("o1", place=far), offer("o2", place=near), offer("o3", place=None)])
    )

    assert found.best is not None
    assert found.second is not None
    assert (found.best.offer.id, found.second.offer.id) == ("o2", "o1")


@pytest.mark.parametrize(
    ("others", "why"),
    [
        ([], "nothing_offered"),
        ([offer(unit="half_days_a_week")], "nothing_offered"),
        ([offer(first=40, last=50)], "not_at_that_time"),
        ([offer(giver_urn="900001")], "only_its_own"),
        ([offer(specialism="maths")], "no_such_specialism"),
        ([offer(free=0, specialism="phonics")], "all_allocated"),
    ],
)
def test_what_cannot_be_matched_says_why(others: list[Offer], why: str) -> None:
    found = one(match([request(specialism="phonics")], others))

    assert (found.best, found.why_none) == (None, why)


def test_who_is_less_urgent_waits_and_is_told_so() -> None:
    found = match([request("r1", priority="low"), request("r2", priority="high")], [offer()])

    assert [(s.request.id, s.why_none) for s in found] == [("r1", "others_need_it_more"), ("r2", None)]


def test_who_comes_second_may_be_suggested_for_others() -> None:
    here, near, far = Place(450_000, 300_000), Place(455_000, 300_000), Place(490_000, 300_000)
    asked = [request("r1", place=here), request("r2", taker_urn="900003", place=far)]
    one, other = match(asked, [offer("o1", place=near), offer("o2", place=here, giver_urn="900004")])

    assert (one.best and one.best.offer.id, one.second and one.second.offer.id) == ("o2", "o1")
    assert (one.second_for, one.elsewhere, one.fitting) == (asked[1], (), 2)
    assert (other.best and other.best.offer.id, other.second and other.second.offer.id) == ("o1", "o2")


def test_what_is_better_for_one_alone_and_goes_elsewhere_is_said() -> None:
    here, far = Place(450_000, 300_000), Place(490_000, 300_000)
    asked = [request("r1", place=here), request("r2", taker_urn="900003", place=here, specialism="phonics")]
    one, other = match(asked, [offer("o1", place=here, specialism="phonics"), offer("o2", place=far)])

    assert [(elsewhere.id, whose.id) for elsewhere, whose in one.elsewhere] == [("o1", "r2")]
    assert other.second is None  # what it leaves is for the first, but nothing else has the specialism


def test_another_trusts_offers_are_not_suggested() -> None:
    assert one(match([request()], [offer(trustuid="99002")])).why_none == "nothing_offered"


def test_without_the_seconds_the_firsts_are_the_same() -> None:
    asked, offered = [request("r1"), request("r2")], [offer("o1"), offer("o2"), offer("o3")]
    whole = match(asked, offered)

    assert all(each.second for each in whole)
    assert match(asked, offered, seconds=False) == [replace(each, second=None, second_for=None) for each in whole]


def test_sums_that_would_not_be_exact_are_refused() -> None:
    with pytest.raises(ValueError, match="exactly"):
        assign(np.full((3, 3), 2**52, dtype=np.int64), ["a", "b", "c"])


def wish(id: str = "w1", person_id: str = "p1", **more: Any) -> Wish:
    return replace(Wish(id=id, trustuid="99001", person_id=person_id, urn="900001", kind="coach"), **more)


def coach(id: str = "c1", person_id: str = "p9", **more: Any) -> Coach:
    base = Coach(
        id=id, trustuid="99001", person_id=person_id, urn="900002", kinds=frozenset({"coach", "mentor"}), places=1
    )
    return replace(base, **more)


def test_a_coach_has_as_many_places_as_they_have() -> None:
    wishes = [wish(f"w{n}", f"p{n}") for n in range(4)]
    found = coaching.match(wishes, [coach(places=2), coach("c2", "p8")])

    assert sorted(s.best.coach.id for s in found if s.best) == ["c1", "c1", "c2"]
    assert [s.why_none for s in found if not s.best] == ["others_need_it_more"]


def test_a_second_place_of_the_same_coach_is_no_second_best() -> None:
    [found] = coaching.match([wish()], [coach(places=3, place=None), coach("c2", "p8")])

    assert found.best is not None
    assert found.second is not None
    assert {found.best.coach.id, found.second.coach.id} == {"c1", "c2"}


@pytest.mark.parametrize(
    ("coaches", "why"),
    [
        ([], "no_coach_of_the_kind"),
        ([coach(kinds=frozenset({"nlg_chair"}))], "no_coach_of_the_kind"),
        ([coach(to_on=day(1))], "not_by_then"),
        ([coach(person_id="p1")], "only_their_own_managers"),
        ([coach(person_id="boss")], "only_their_own_managers"),
        ([coach(specialism="maths")], "no_such_specialism"),
        ([coach(places=0, specialism="phonics")], "all_places_taken"),
    ],
)
def test_who_cannot_be_coached_is_told_why(coaches: list[Coach], why: str) -> None:
    [found] = coaching.match([wish(specialism="phonics", managers=frozenset({"boss"}), from_on=day(2))], coaches)

    assert (found.best, found.why_none) == (None, why)


@pytest.mark.parametrize("hundred", range(3))
def test_coaches_are_assigned_as_well_as_can_be(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        r = random.Random(seed)
        kinds = [frozenset(r.sample(["coach", "mentor", "lle_head"], r.randrange(1, 3))) for _ in range(4)]
        coaches = [
            coach(
                f"c{n}",
                f"p{r.randrange(6)}",
                kinds=kinds[n],
                places=r.randrange(3),
                place=Place(r.randrange(90_000), 0),
            )
            for n in range(r.randrange(5))
        ]
        wishes = [
            wish(f"w{n}", f"p{n}", kind=r.choice(["coach", "mentor"]), place=Place(r.randrange(90_000), 0))
            for n in range(r.randrange(5))
        ]
        places = [c for c in sorted(coaches, key=lambda c: c.id) for _ in range(min(c.places, len(wishes)))]
        scores = coaching.score(wishes, places)
        column = {c.id: n for n, c in enumerate(places)}

        found = coaching.match(wishes, coaches)

        chosen = [scores[n, column[s.best.coach.id]] for n, s in enumerate(found) if s.best]
        assert sum(int(c) for c in chosen) == best_sum(scores)
        whose = {c.id: c.person_id for c in places}
        for n, s in enumerate(found):
            if s.best:
                without, kept = scores.copy(), scores.copy()
                of_best, of_second = (whose[pair.coach.id] if pair else None for pair in (s.best, s.second))
                without[n, [whose[c.id] == of_best for c in places]] = 0
                kept[n, [whose[c.id] != of_second for c in places]] = 0
                assert of_second != of_best
                assert best_sum(kept) == best_sum(without)


def test_places_that_are_not_known_have_no_distance() -> None:
    assert distance_km(None, Place(1, 1)) is None


def test_one_more_helped_outweighs_everything_else() -> None:
    [low, high] = worth(["low", "high"], 500).tolist()

    assert low > 2 * 2_000
    assert high > low


def test_a_rate_has_a_level_for_each_stretch_of_days() -> None:
    spans = [Span(day(0), day(9), 4), Span(day(2), day(4), -3), Span(day(4), day(20), -1)]

    assert levels(spans, "half_days_a_week", day(1), day(9)) == (
        Level(day(1), day(1), 4),
        Level(day(2), day(3), 1),
        Level(day(4), day(4), 0),
        Level(day(5), day(9), 3),
    )
    assert levels(spans, "half_days", day(1), day(9)) == (Level(day(1), day(9), 0),)
