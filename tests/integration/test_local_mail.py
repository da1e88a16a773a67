"""Where letters go on one machine: kept as files, sent nowhere."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from deploy.local.mail import serve
from deploy.local.ports import answers, free_port
from services.reporting.post.mail import Handed, Server


async def test_a_letter_is_a_file_that_mail_programs_open(tmp_path: Path) -> None:
    port = free_port()
    serving = asyncio.create_task(serve(port, tmp_path))
    while not await asyncio.to_thread(answers, port):  # noqa: ASYNC110  it says nothing when it listens
        await asyncio.sleep(0.02)
    letter = EmailMessage()
    letter["Subject"], letter["To"] = "You said, we did", "head@ashby.example"
    letter.set_content("The trust responded: Zo\u00eb comes on Monday.")

    handed = await Server.at(f"smtp://127.0.0.1:{port}").hand_over(letter, "post@baton.example", "head@ashby.example")

    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    assert handed == Handed("sent")
    [path] = tmp_path.iterdir()  # noqa: ASYNC240  one small file
    kept = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(kept, EmailMessage)
    assert (path.suffix, kept["Subject"]) == (".eml", "You said, we did")
    assert kept.get_content().strip() == "The trust responded: Zo\u00eb comes on Monday."
