"""A service's metrics become the figures of `baton status`."""

from __future__ import annotations

from deploy.local.status import gauge

METRICS = """\
# HELP baton_consumer_lag_records Records behind, by partition
# TYPE baton_consumer_lag_records gauge
baton_consumer_lag_records{topic="talent.events",partition="0"} 3.0
baton_consumer_lag_records{topic="talent.events",partition="1"} 4
baton_consumer_lag_records_total 99
baton_consumer_lag_seconds{topic="a b } c"} 1.5
baton_consumer_lag_seconds{topic="cpd.events"} 0.25
baton_consumer_parked_records{reason="gap"} 1e1
"""


def test_records_behind_are_added_up_over_partitions() -> None:
    assert gauge(METRICS, "baton_consumer_lag_records", sum) == 7


def test_seconds_behind_are_those_of_the_slowest() -> None:
    assert gauge(METRICS, "baton_consumer_lag_seconds", max) == 1.5


def test_a_gauge_without_labels_is_itself() -> None:
    assert gauge(METRICS, "baton_consumer_parked_records", sum) == 10


def test_what_is_not_there_is_not_known() -> None:
    assert gauge(METRICS, "baton_unpublished_events", sum) is None
    assert gauge("", "baton_unpublished_events", sum) is None


def test_parked_events_and_parked_claims_are_told_together() -> None:
    names = ("baton_consumer_parked_records", "baton_parked_claims")

    assert gauge(METRICS, names, sum) == 10
    assert gauge(METRICS + 'baton_parked_claims{service="talent"} 2.0\n', names, sum) == 12
    assert gauge("", names, sum) is None


def test_what_is_not_a_number_is_not_taken_for_nothing() -> None:
    unknown = 'baton_consumer_lag_records{group="views"} NaN\n'

    assert gauge(unknown, "baton_consumer_lag_records", sum) is None
    assert (
        gauge(unknown + 'baton_consumer_lag_records{group="intake"} 0.0\n', "baton_consumer_lag_records", sum) is None
    )
    assert gauge(METRICS + unknown, "baton_consumer_lag_records", sum) == 7
