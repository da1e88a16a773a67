"""Reporting's settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What this service reads from `BATON_*`.

    Attributes:
        trust: the UID of the trust whose pages these are; none: the one that the newest cycle belongs to.
        brand: the one colour of the trust's own.
    """

    service: Literal["reporting"] = "reporting"
    trust: str | None = None
    brand: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")] = "#1d3b53"
