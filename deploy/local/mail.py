"""A mail server for trying out: it keeps each letter as a file that mail programs open, and sends none on."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.description import HOST
from deploy.local import processes
from deploy.local.layout import MAIL, letters_path, log_path, record_path
from deploy.settings import ROOT, StackSettings


def start_mail(settings: StackSettings) -> None:
    """Start it; letters lie in `letters_path` then."""
    letters = letters_path(settings)
    letters.mkdir(parents=True, exist_ok=True)
    processes.spawn(
        [sys.executable, "-m", __name__, str(settings.mail_port), str(letters)],
        record=record_path(settings, MAIL),
        log=log_path(settings, MAIL),
        port=settings.mail_port,
        cwd=ROOT,
        environment=os.environ,
    )


class Keeping:
    """What is done with a letter."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Keep it under the time at which it came."""
        path = self._directory / f"{datetime.now():%Y-%m-%d-%H%M%S-%f}.eml"  # noqa: DTZ005  as the machine's clock says it
        path.write_bytes(envelope.content)
        print(f"Kept {path.name}", flush=True)  # noqa: T201  its log
        return "250 Kept"


async def serve(port: int, directory: Path) -> None:
    """Take letters until the process is stopped."""
    from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - commands that work elsewhere import this module, and have it not

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeping(directory), loop=loop), HOST, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
