"""A service's settings: read once, from `BATON_*` in its environment or from files, and then fixed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

from shared.crashpoint import parse
from shared.identity import BUILT_IN, Provider
from shared.messaging import Cluster, Login


class BatonSettings(BaseSettings):
    """Settings that are told in the environment, or, as secrets should be, in files of their names.

    `BATON_SECRETS` names the directory of the files: `baton_dsn` holds what `BATON_DSN` would say.
    """

    model_config = SettingsConfigDict(env_prefix="BATON_", frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic's names; there is no such file
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  made here, with the directory
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then files."""
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, os.environ.get("BATON_SECRETS"))


class ServiceSettings(BatonSettings):
    """What every service needs to know.

    Attributes:
        dsn: the service's own database, with the application's role (never the owner's).
        vault_dsn: the vault's database, with the same role.
        kafka: the brokers' address.
        kafka_user, kafka_password: who this service is there, by SASL/SCRAM-SHA-512 over TLS; none: Kafka lets
            everybody in, which production's does not.
        kafka_ca_file: the certificates (PEM) that the brokers' own are signed with; none: those the machine trusts.
        master_key_file: where the vault's master key is.
        issuer_key_file: the public key of the built-in issuer, as a JWK; production trusts no such issuer.
        issuers: the trust's own OpenID providers, as a JSON list of what shared/identity/issuers.py tells.
        clock_file: the simulated clock's file, for demonstrations.
        peers: the address of each service, by its name.
        service_token: what this service proves itself with to its peers.
        rate_client, rate_address: requests a minute that one caller may make of a process, proven or by address.
        rate_at_once: how many of one caller's may be under way.
        log_origin: what the names of the logs begin with, which checkpoints are signed under.
        checkpoints: the directory that a writer keeps its checkpoints and their key in as files; none: in none.
        signing_key_file: the private key of the built-in issuer, as a JWK: with it, people sign in to the pages, and
            clients get tokens, without an identity provider.
        keys_remembered: for how many seconds a process remembers a person's key, and how long it goes on with what it
            began with that one, for tests of erasures; none, as in production: a minute, and another. All
            processes of a stack are told the same, since each waits for the others.
        crashpoint: where this process dies, for the tests of faults.
    """

    service: str
    host: str = "127.0.0.1"
    port: int
    dsn: SecretStr
    vault_dsn: SecretStr
    kafka: str
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca_file: Path | None = None
    master_key_file: Path
    issuer_key_file: Path | None = None
    issuers: tuple[Provider, ...] = ()
    clock_file: Path | None = None
    environment: Literal["development", "production"] = "development"
    peers: dict[str, str] = Field(default_factory=dict)
    service_token: SecretStr | None = None
    pool_size: int = 10
    rate_client: int = 60_000
    rate_address: int = 12_000
    rate_at_once: int = 100
    log_origin: Annotated[str, StringConstraints(pattern=r"^[!-*,-~]{1,100}$")] = "baton.local"  # no space, no +
    checkpoints: Path | None = None
    signing_key_file: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    keys_remembered: tuple[float, float] | None = None
    crashpoint: str | None = None

    @property
    def cluster(self) -> Cluster:
        """Kafka, as this service comes to it."""
        if self.kafka_user is None or self.kafka_password is None:
            return Cluster(self.kafka)
        return Cluster(self.kafka, Login(self.kafka_user, self.kafka_password.get_secret_value(), self.kafka_ca_file))

    @model_validator(mode="after")
    def _nothing_simulated_in_production(self) -> Self:
        if self.environment == "production" and self.clock_file is not None:
            raise ValueError("BATON_CLOCK_FILE: a simulated clock does not run in production; unset it")
        if self.environment == "production" and self.crashpoint is not None:
            raise ValueError("BATON_CRASHPOINT: production does not die at a test's word; unset it")
        if self.environment == "production" and self.keys_remembered is not None:
            raise ValueError("BATON_KEYS_REMEMBERED: in production an erasure waits until keys are forgotten; unset it")
        if self.environment == "production" and self.signing_key_file is not None:
            raise ValueError("BATON_SIGNING_KEY_FILE: the built-in issuer signs nothing in production; unset it")
        return self

    @model_validator(mode="after")
    def _a_user_of_kafka_has_a_password(self) -> Self:
        if (self.kafka_user is None) != (self.kafka_password is None):
            raise ValueError("BATON_KAFKA_USER and BATON_KAFKA_PASSWORD: one is of no use without the other")
        if self.environment == "production" and self.kafka_user is None:
            raise ValueError("BATON_KAFKA_USER: in production Kafka lets nobody in unnamed; set it")
        return self

    @model_validator(mode="after")
    def _somebody_signs_tokens(self) -> Self:
        names = [BUILT_IN.issuer, *(provider.issuer for provider in self.issuers)]
        if len(set(names)) < len(names):
            raise ValueError("BATON_ISSUERS: name each issuer once, by a name of its own")
        if self.environment != "production" and self.issuer_key_file is None and not self.issuers:
            raise ValueError("BATON_ISSUER_KEY_FILE or BATON_ISSUERS: without either, nobody proves who they are")
        return self

    @model_validator(mode="after")
    def _production_trusts_the_trusts_own_provider(self) -> Self:
        if self.environment != "production":
            return self
        if self.issuer_key_file is not None:
            raise ValueError("BATON_ISSUER_KEY_FILE: production trusts no built-in issuer; unset it")
        if not self.issuers:
            raise ValueError("BATON_ISSUERS: in production the trust's own provider signs tokens; name it")
        addresses = [address for each in self.issuers for address in (each.issuer, each.jwks_uri) if address]
        if not all(address.startswith("https://") for address in addresses):
            raise ValueError("BATON_ISSUERS: in production a provider is asked by https alone")
        return self

    @field_validator("crashpoint")
    @classmethod
    def _a_known_crashpoint(cls, text: str | None) -> str | None:
        if text is not None:
            parse(text)
        return text
