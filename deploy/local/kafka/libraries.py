"""Kafka's jars, fetched once by Maven."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from deploy.local import maven

_POM = Path(__file__).with_name("pom.xml")
_NAMESPACE = {"m": "http://maven.apache.org/POM/4.0.0"}


def kafka_version() -> str:
    """The version that pom.xml names."""
    for dependency in ET.parse(_POM).iterfind(".//m:dependency", _NAMESPACE):  # noqa: S314 - our own file
        if dependency.findtext("m:artifactId", namespaces=_NAMESPACE) == "kafka_2.13":
            return dependency.findtext("m:version", default="", namespaces=_NAMESPACE)
    raise ValueError(f"{_POM} names no Kafka.")


def are_fetched(libraries: Path) -> bool:
    """Whether the jars are there, and are those that pom.xml names."""
    return maven.is_fetched(_POM, libraries)


async def fetch(libraries: Path) -> None:
    """Fetch what pom.xml names, unless it is there.

    Raises:
        Unmet: when Maven is missing or fails.
    """
    if not are_fetched(libraries):
        await maven.fetch("Kafka", _POM, libraries, "dependency:copy-dependencies", "-DincludeScope=runtime")
