"""Talent's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What this service reads from `BATON_*`.

    Attributes:
        retention_file: the trust's own retention periods; without it those of `services/talent/retention.toml`.
    """

    service: Literal["talent"] = "talent"
    retention_file: Path | None = None
