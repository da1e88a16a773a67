"""Kafka's configuration as its image takes it: each property in the environment, under a name made from its own."""

from __future__ import annotations

from collections.abc import Mapping


def as_environment(properties: Mapping[str, str]) -> dict[str, str]:
    """`log.dirs` becomes `KAFKA_LOG_DIRS`."""
    return {f"KAFKA_{name.replace('.', '_').upper()}": value for name, value in properties.items()}
