"""What a consumer shows of itself."""

from prometheus_client import Gauge

lag_records = Gauge("baton_consumer_lag_records", "Records not yet consumed", ["service", "group"])
lag_seconds = Gauge("baton_consumer_lag_seconds", "Age of the oldest record not yet consumed", ["service", "group"])
parked_records = Gauge("baton_consumer_parked_records", "Records that wait to be applied", ["consumer", "reason"])
