"""What several commands are told in the same way: trusts, schools, services and their addresses, keys, and who asks.

A wrong one is wrong usage.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.description import SERVICES, WRITERS


def _matching(form: str, expected: str) -> Callable[[str | list[str] | None], str | list[str] | None]:
    def check(given: str | list[str] | None) -> str | list[str] | None:
        for one in [given] if isinstance(given, str) else given or []:
            if not re.fullmatch(form, one, re.ASCII):
                raise typer.BadParameter(f"{one!r} is not {expected}")
        return given

    return check


trust_uid = _matching(r"[1-9][0-9]{3,4}", "a group UID of four or five digits")
urns = _matching(r"[1-9][0-9]{5}", "a URN of six digits")


def one_of(names: tuple[str, ...]) -> Callable[[str | list[str] | None], str | list[str] | None]:
    return _matching("|".join(names), f"one of {', '.join(names)}")


SERVICE_NAMES = tuple(service.name for service in SERVICES)
WRITER_NAMES = tuple(writer.name for writer in WRITERS)


def writers(service: str | None) -> tuple[str, ...]:
    """The writers that are meant: one, or all."""
    return WRITER_NAMES if service is None else (service,)


def in_london(given: datetime | None) -> datetime | None:
    """A time that was given, which is one in the UK."""
    from zoneinfo import ZoneInfo

    return given.replace(tzinfo=ZoneInfo("Europe/London")) if given is not None else None


def addresses(given: list[str] | None) -> list[str] | None:
    for one in given or []:
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", one):
            raise typer.BadParameter(f"{one!r} is not an address such as https://talent.trust.example")
    return given


Writer = Annotated[
    str | None, typer.Option("--service", callback=one_of(WRITER_NAMES), help="Only what is this service's.")
]
Addresses = Annotated[
    list[str] | None,
    typer.Option("--to", callback=addresses, help="A service's address, once for each; without any, this stack's."),
]
LogKeys = Annotated[
    list[str] | None,
    typer.Option("--key", help="A log's verifier key, or a file of them; may be given more than once."),
]
KeptCheckpoints = Annotated[
    Path | None, typer.Option("--checkpoints", dir_okay=False, help="The checkpoints that you kept.")
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="BATON_TOKEN",
        help="An access token of yours; from BATON_TOKEN no list of processes shows it.",
    ),
]
LeadersToken = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="BATON_TOKEN",
        help="A trust leader's access token; without one, this stack's own, which production has not.",
    ),
]
ApiKey = Annotated[
    str | None,
    typer.Option(
        "--api-key", envvar="BATON_API_KEY", help="Your API key; from BATON_API_KEY no list of processes shows it."
    ),
]


def proof(token: str | None, api_key: str | None) -> dict[str, str]:
    """The header that says who asks."""
    if bool(token) == bool(api_key):
        raise typer.BadParameter("say who you are, with --token or with --api-key (BATON_TOKEN, BATON_API_KEY)")
    return {"authorization": f"Bearer {token}"} if token else {"x-api-key": api_key or ""}
