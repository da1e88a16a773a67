"""Apache Kafka without Docker: one KRaft node on the machine's Java, on the loopback address alone."""

from __future__ import annotations

from deploy.local.kafka.broker import LocalKafka
from deploy.local.kafka.libraries import are_fetched, fetch, kafka_version
from deploy.local.kafka.security import Security

__all__ = ["LocalKafka", "Security", "are_fetched", "fetch", "kafka_version"]
