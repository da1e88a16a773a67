"""Kafka's jars: fetched once by Maven, put in place when they are whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

from deploy.errors import Unmet
from deploy.local.commands import run, tool_environment
from deploy.local.java import find_java, find_maven

_POM = Path(__file__).with_name("pom.xml")
_MARK = "pom.sha256"
_FETCH_S = 600.0
_NAMESPACE = {"m": "http://maven.apache.org/POM/4.0.0"}


def kafka_version() -> str:
    """The version that pom.xml names."""
    for dependency in ET.parse(_POM).iterfind(".//m:dependency", _NAMESPACE):  # noqa: S314 - our own file
        if dependency.findtext("m:artifactId", namespaces=_NAMESPACE) == "kafka_2.13":
            return dependency.findtext("m:version", default="", namespaces=_NAMESPACE)
    raise ValueError(f"{_POM} names no Kafka.")


def are_fetched(libraries: Path) -> bool:
    """Whether the jars are there, and are those that pom.xml names."""
    try:
        return (libraries / _MARK).read_text() == _fingerprint()
    except OSError:
        return False


async def fetch(libraries: Path) -> None:
    """Fetch what pom.xml names, unless it is there.

    Raises:
        Unmet: when Maven is missing or fails.
    """
    if are_fetched(libraries):
        return
    maven = find_maven()
    libraries.parent.mkdir(parents=True, exist_ok=True)
    draft = libraries.with_name(f".{libraries.name}.draft-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        fetched = await run(
            [
                maven,
                "--batch-mode",
                "--quiet",
                "-Dstyle.color=never",
                f"--file={_POM}",
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                f"-DoutputDirectory={draft}",
            ],
            timeout_s=_FETCH_S,
            environment=_maven_environment(),
        )
        if fetched.code != 0:
            raise Unmet(
                f"Maven could not fetch Kafka ({fetched.ending}).",
                "Is the network there?",
                detail=_last(fetched.output),
            )
        (draft / _MARK).write_text(_fingerprint())
        shutil.rmtree(libraries, ignore_errors=True)
        draft.rename(libraries)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _maven_environment() -> dict[str, str]:
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
    environment = tool_environment("MAVEN_OPTS", "MAVEN_ARGS", "M2_HOME", *proxies)
    return {**environment, "JAVA_HOME": str(find_java().program.resolve().parents[1])}


def _fingerprint() -> str:
    return hashlib.sha256(_POM.read_bytes()).hexdigest()


def _last(output: str) -> str:
    return "\n".join(output.splitlines()[:5])
