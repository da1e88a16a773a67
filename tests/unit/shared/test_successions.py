"""A school that goes on under a new URN is one school; its old URN works for a time."""

from __future__ import annotations

from datetime import date, timedelta

from shared.intake.successions import Succession, Successions, overlap

DAY = date(2026, 9, 1)
LAST = DAY + overlap - timedelta(days=1)


def on(day: date, *pairs: tuple[str, str]) -> Successions:
    return Successions([Succession(old, new, DAY) for old, new in pairs], day)


def test_whoever_has_no_other_urn_speaks_for_their_own() -> None:
    alone = on(DAY)

    assert alone.spoken_for({"900001", "900002"}) == {"900001", "900002"}
    assert alone.working("900001") == {"900001"}
    assert alone.newest("900001") == "900001"
    assert alone.older("900001") == set()


def test_for_a_time_both_speak_for_both() -> None:
    both = on(LAST, ("900001", "900002"))

    assert both.spoken_for({"900001"}) == both.spoken_for({"900002"}) == {"900001", "900002"}
    assert both.working("900002") == {"900001", "900002"}


def test_then_the_old_one_speaks_for_none_and_the_new_one_for_its_own_history() -> None:
    over = on(LAST + timedelta(days=1), ("900001", "900002"))

    assert over.spoken_for({"900001"}) == set()
    assert over.spoken_for({"900002"}) == {"900001", "900002"}
    assert over.working("900001") == {"900002"}


def test_a_vendor_of_both_speaks_for_both_for_good() -> None:
    over = on(LAST + timedelta(days=1), ("900001", "900002"))

    assert over.spoken_for({"900001", "900002", "900009"}) == {"900001", "900002", "900009"}


def test_a_chain_is_one_school() -> None:
    chain = on(DAY, ("900001", "900002"), ("900002", "900003"), ("900008", "900009"))

    assert chain.names("900001") == chain.names("900003") == {"900001", "900002", "900003"}
    assert {chain.newest(name) for name in chain.names("900001")} == {"900003"}
    assert chain.older("900003") == {"900001", "900002"}


def test_schools_that_merged_had_ids_of_their_own_each() -> None:
    merged = on(DAY, ("900001", "900003"), ("900002", "900003"))

    assert merged.names("900003") == {"900001", "900002", "900003"}
    assert [merged.newest(name) for name in ("900001", "900003")] == ["900001", "900003"]
    assert merged.older("900003") == set()


def test_a_circle_has_no_newest() -> None:
    circle = on(DAY, ("900001", "900002"), ("900002", "900001"))

    assert [circle.newest(name) for name in ("900001", "900002")] == ["900001", "900002"]
