"""Programs that are run to their end: bounded in time, and gone when we are cancelled."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import Unmet
from deploy.local.processes import UnprivilegedUser


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended, and all it said."""

    code: int
    output: str

    @property
    def ending(self) -> str:
        """`exit code 1`, or which signal ended it."""
        return f"exit code {self.code}" if self.code >= 0 else f"ended by {signal.Signals(-self.code).name}"


async def run(
    command: Sequence[str | Path],
    *,
    timeout_s: float,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: UnprivilegedUser | None = None,
) -> Finished:
    """Run a program to its end.

    Raises:
        Unmet: when it does not end in time; it is killed then, with what it started.
    """
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *(str(part) for part in command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(environment) if environment is not None else None,
            cwd=cwd,
            start_new_session=True,  # a Ctrl-C is ours to handle
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )
    )
    try:
        async with asyncio.timeout(timeout_s):
            process = await asyncio.shield(starting)
            output, _ = await process.communicate()
    except TimeoutError:
        raise Unmet(f"{Path(command[0]).name} did not end within {timeout_s:.0f} seconds.") from None
    finally:
        process = await starting  # cancelled half-way, asyncio would wait for the program twice, and complain
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return Finished(process.returncode or 0, output.decode(errors="replace"))


def tool_environment(*kept: str) -> dict[str, str]:
    """A small environment for the stack's programs: English messages, UTC, no settings of ours."""
    names = {"PATH", "HOME", "TMPDIR", "JAVA_HOME", "LD_LIBRARY_PATH", *kept}
    return {**{name: os.environ[name] for name in names if name in os.environ}, "LC_ALL": "C", "TZ": "UTC"}
