"""Keycloak itself: fetched once by Maven into var/, and built for how the tests run it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from zipfile import ZipFile

from deploy.errors import Unmet
from deploy.local import maven
from deploy.local.commands import run, tool_environment
from deploy.local.java import find_java
from deploy.settings import StackSettings

_POM = Path(__file__).with_name("pom.xml")
_BUILD_S = 300.0
_THREADS = "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"
_OPENED = ("java.util", "java.util.concurrent", "java.security")


def directory() -> Path:
    """Where it is, or will be."""
    return StackSettings().var / "keycloak"


async def fetch() -> None:
    """Fetch and build it, unless it is there.

    Raises:
        Unmet: when Maven is missing, or one of them fails.
    """
    if not maven.is_fetched(_POM, directory()):
        await maven.fetch("Keycloak", _POM, directory(), "dependency:copy-dependencies", made_ready=_build)


def command(unpacked: Path, *arguments: str) -> tuple[str, ...]:
    """As its own script runs it, without the script: it starts quickly rather than runs fast, with little memory."""
    [home] = unpacked.glob("keycloak-*")
    return (
        str(find_java().program),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx512m",
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
        f"-Djava.util.concurrent.ForkJoinPool.common.threadFactory={_THREADS}",
        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
        "-Dpicocli.disable.closures=true",
        f"-Dkc.home.dir={home}",
        f"-Djboss.server.config.dir={home}/conf",
        "-cp",
        f"{home}/lib/quarkus-run.jar",
        "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
        *arguments,
    )


async def _build(draft: Path) -> None:
    await asyncio.to_thread(_unpack, draft)
    built = await run(command(draft, "build", "--db=dev-mem"), timeout_s=_BUILD_S, environment=tool_environment())
    if built.code != 0:
        raise Unmet(f"Keycloak could not be built ({built.ending}).", "Is the Java right?", detail=built.output[-500:])


def _unpack(draft: Path) -> None:
    [archive] = draft.glob("*.zip")
    with ZipFile(archive) as content:
        content.extractall(draft)
    archive.unlink()
