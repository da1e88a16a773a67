"""What a long command says while it works."""

from __future__ import annotations

from deploy.progress import Paced


def test_what_is_counted_says_how_much_is_done_how_fast_and_for_how_long_still() -> None:
    said, times = list[str](), iter([0.0, 10.0, 20.0, 1000.0])
    report = Paced(said.append, lambda: next(times))

    report("Starting")
    for done in (0, 1_000, 2_000, 100_000):
        report("ledger: events read", done, 100_000)

    assert said == [
        "Starting",
        "ledger: events read: 0 of 100,000",
        "ledger: events read: 1,000 of 100,000, 100/s, about 16 min left",
        "ledger: events read: 2,000 of 100,000, 100/s, about 16 min left",
        "ledger: events read: 100,000 of 100,000, 100/s",
    ]


def test_what_goes_on_where_it_stopped_is_as_fast_as_it_is_now() -> None:
    said, times = list[str](), iter([0.0, 10.0])
    report = Paced(said.append, lambda: next(times))

    report("talent: events looked at", 90_000, 100_000)
    report("talent: events looked at", 91_000, 100_000)

    assert said[-1] == "talent: events looked at: 91,000 of 100,000, 100/s, about 90 s left"
