"""One Kafka node that is broker and controller at once: its configuration, its storage and its process."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import time
import uuid
from contextlib import suppress
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.description import HOST, KAFKA_SETTINGS
from deploy.errors import Unmet
from deploy.local import processes
from deploy.local.commands import run, tool_environment
from deploy.local.java import find_java
from deploy.local.kafka.security import Security, listeners
from deploy.local.ports import answers
from deploy.local.processes import Record
from deploy.secrets import write_secret
from shared.messaging import Cluster

_FORMAT_S = 60.0
_START_S = 60.0
_PROBE_S = 5.0
_POLL_S = 0.1
_LOGGING = Path(__file__).with_name("log4j2.xml")
_JVM = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.net.preferIPv4Stack=true",
    "-Djava.awt.headless=true",
)


class LocalKafka:
    """One node in one directory.

    Args:
        advertised_port: where clients are told to come to, where that is not its own.
        security: what it needs to let in only whom it knows; without it, it lets everybody in.
    """

    def __init__(
        self,
        directory: Path,
        libs: Path,
        port: int,
        *,
        record: Path | None = None,
        log: Path | None = None,
        advertised_port: int | None = None,
        security: Security | None = None,
    ) -> None:
        self.directory = directory
        self.port = port
        self._advertised_port = advertised_port or port
        self._security = security
        self._libs = libs
        self._record = record or directory / "run.json"
        self._log = log or directory / "kafka.log"

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def _cluster(self) -> Cluster:
        """Itself, as its operator comes to it."""
        return Cluster(self.bootstrap, self._security.operator if self._security else None)

    @property
    def pid(self) -> int | None:
        record = processes.running(self._record)
        return record.pid if record else None

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    async def start(self) -> None:
        """Start it, its storage formatted where that was not done yet, and wait until it answers.

        Raises:
            Unmet: when it cannot; nothing is left running then.
        """
        if self.is_running:
            return
        command = [str(find_java().program), *_JVM, "-cp", f"{self._libs}/*"]
        data = self.directory / "data"
        if not data.exists():
            await self._format(command, data)
        if not (data / "meta.properties").is_file():
            raise Unmet(
                f"Kafka's directory {data} is damaged: it was not formatted by Kafka.",
                "Put back a copy of it, or start afresh with `baton down --wipe`.",
            )
        try:
            await self._start(command, data)
        except BaseException:
            await asyncio.shield(self.stop())
            raise

    async def stop(self) -> str:
        """Stop it: "stopped", "killed" or "not running"."""
        return await processes.stop(self._record)

    def remove(self) -> None:
        """Remove the data; the jars stay."""
        shutil.rmtree(self.directory / "data", ignore_errors=True)

    async def _format(self, command: list[str], data: Path) -> None:
        """Storage made beside its place and put there when it is whole.

        Java reads from a file what it is to do: a password among it would be seen in every list of processes.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        draft = data.with_name(".data.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)  # texts stand in it in clear, for the schools that they are for
        properties = self._write_properties("format.properties", draft)
        users = self._security.first_user if self._security else ()
        java, *options = command
        arguments = self.directory / "format.arguments"
        try:
            words = [*options, "kafka.tools.StorageTool", "format", "-t", _new_cluster_id(), "-c", properties, *users]
            write_secret(arguments, "".join(f"{json.dumps(str(word), ensure_ascii=False)}\n" for word in words))
            formatted = await run([java, f"@{arguments}"], timeout_s=_FORMAT_S, environment=tool_environment())
            if formatted.code != 0:
                raise Unmet(f"Kafka could not format {data} ({formatted.ending}).", detail=formatted.output)
            draft.rename(data)
        finally:
            properties.unlink(missing_ok=True)
            arguments.unlink(missing_ok=True)
            shutil.rmtree(draft, ignore_errors=True)

    async def _start(self, command: list[str], data: Path) -> None:
        properties = self._write_properties("server.properties", data)
        since = processes.size(self._log)
        started = processes.spawn(
            [
                command[0],
                "-Xms128m",
                "-Xmx512m",
                "-XX:+ExitOnOutOfMemoryError",
                f"-Dlog4j2.configurationFile={_LOGGING}",
                *command[1:],
                "kafka.Kafka",
                str(properties),
            ],
            record=self._record,
            log=self._log,
            port=self.port,
            cwd=self.directory,
            environment=tool_environment(),
        )
        deadline = time.monotonic() + _START_S
        while started.is_running and time.monotonic() < deadline:
            if await _answers(self._cluster, self.port) and started.is_running:
                return
            await asyncio.sleep(_POLL_S)
        raise self._did_not_start(started, since)

    def _did_not_start(self, started: Record, since: int) -> Unmet:
        said = processes.tail(self._log, since=since)
        reasons = [line for line in said if " ERROR " in line or " FATAL " in line]
        if started.is_running:
            reason = f"it did not answer within {_START_S:.0f} seconds"
        else:
            reason = reasons[0].split(" ", 4)[-1] if reasons else "it ended at once"
        return Unmet(f"Kafka did not start: {reason}.", f"Its log is {self._log}.", detail="\n".join(said))

    def _write_properties(self, name: str, data: Path) -> Path:
        path = self.directory / name
        properties = {
            **_properties(data),
            **listeners(self.port, self._advertised_port, self._security),
            **KAFKA_SETTINGS,
        }
        write_secret(path, "".join(f"{key}={value}\n" for key, value in properties.items()))
        return path


def _new_cluster_id() -> str:
    """22 characters at random; not a dash first, which the tool would take for an option."""
    first, *others = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes([first & 0x7F, *others])).decode().rstrip("=")


def _properties(data: Path) -> dict[str, str]:
    """A node on its own."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "log.dirs": os.fspath(data).replace("\\", "\\\\"),
    }


async def _answers(cluster: Cluster, port: int) -> bool:
    """Whether a client gets the cluster's metadata, with a broker in it."""
    if not answers(port):  # aiokafka would log an error for each try before the port is open
        return False
    admin = AIOKafkaAdminClient(**cluster.client, request_timeout_ms=int(_PROBE_S * 1000))
    try:
        async with asyncio.timeout(_PROBE_S):
            await admin.start()
            described = await admin.describe_cluster()
            return bool(described["brokers"])
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        with suppress(TimeoutError, KafkaError, OSError):
            await asyncio.wait_for(admin.close(), _PROBE_S)
