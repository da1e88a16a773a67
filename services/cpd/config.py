"""CPD's settings."""

from __future__ import annotations

from typing import Literal

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What this service reads from `BATON_*`."""

    service: Literal["cpd"] = "cpd"
