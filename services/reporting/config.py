"""Reporting's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What this service reads from `BATON_*`.

    Attributes:
        trust: the UID of the trust whose pages these are; none: the one that the newest cycle belongs to.
        brand: the one colour of the trust's own.
        signing_key_file: the private key of the built-in issuer, as a JWK: with it, people sign in here without an
            identity provider.
    """

    service: Literal["reporting"] = "reporting"
    trust: str | None = None
    brand: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")] = "#1d3b53"
    signing_key_file: Path | None = None

    @model_validator(mode="after")
    def _nobody_signs_in_by_choice_in_production(self) -> Self:
        if self.environment == "production" and self.signing_key_file is not None:
            raise ValueError("BATON_SIGNING_KEY_FILE: the built-in issuer signs nothing in production; unset it")
        return self
