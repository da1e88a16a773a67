"""What a pom.xml names, fetched once by Maven and put in place when it is whole."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.errors import Unmet
from deploy.local.commands import run, tool_environment
from deploy.local.java import find_java, find_maven

_MARK = "pom.sha256"
_FETCH_S = 600.0


def is_fetched(pom: Path, directory: Path) -> bool:
    """Whether a directory holds what this pom.xml names."""
    try:
        return (directory / _MARK).read_text() == _fingerprint(pom)
    except OSError:
        return False


async def fetch(
    what: str,
    pom: Path,
    directory: Path,
    *goal: str,
    made_ready: Callable[[Path], Awaitable[None]] | None = None,
) -> None:
    """Fetch it anew.

    Args:
        what: as a person calls it.
        goal: of Maven's dependency plugin, with its options but the directory.
        made_ready: what is done with it, in its draft, before it is whole.

    Raises:
        Unmet: when Maven is missing or fails.
    """
    maven = find_maven()
    directory.parent.mkdir(parents=True, exist_ok=True)
    draft = directory.with_name(f".{directory.name}.draft-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    options = ("--batch-mode", "--quiet", "-Dstyle.color=never", f"--file={pom}", f"-DoutputDirectory={draft}")
    try:
        fetched = await run([maven, *options, *goal], timeout_s=_FETCH_S, environment=_environment())
        if fetched.code != 0:
            raise Unmet(
                f"Maven could not fetch {what} ({fetched.ending}).",
                "Is the network there?",
                detail="\n".join(fetched.output.splitlines()[:5]),
            )
        if made_ready is not None:
            await made_ready(draft)
        (draft / _MARK).write_text(_fingerprint(pom))
        shutil.rmtree(directory, ignore_errors=True)
        draft.rename(directory)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _environment() -> dict[str, str]:
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
    environment = tool_environment("MAVEN_OPTS", "MAVEN_ARGS", "M2_HOME", *proxies)
    return {**environment, "JAVA_HOME": str(find_java().program.resolve().parents[1])}


def _fingerprint(pom: Path) -> str:
    return hashlib.sha256(pom.read_bytes()).hexdigest()
