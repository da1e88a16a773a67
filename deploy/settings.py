"""What may differ from one stack to another: where its parts are, and where its state lies. Read from `BATON_*`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.description import HOST, KAFKA_PORT, MAIL_PORT, POSTGRES_PORT, SERVICES, SUPERUSER, ServiceDescription
from deploy.dsn import postgres_dsn
from deploy.errors import Unmet
from shared.messaging import Cluster, Login

ROOT = Path(__file__).resolve().parents[1]
_PORTS = {service.name: service.port for service in SERVICES}

Port = Annotated[int, Field(ge=1, le=65535)]
AbsolutePath = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


class StackSettings(BaseSettings):
    """The settings of one stack, as whoever starts it or works with it sees it.

    Attributes:
        var: its state: `secrets/`, `clock/`, and what the local stack keeps beside.
        log_origin: what the names of the keys begin with that sign checkpoints and reports.
        dashboard: where people open the pages, where that is not reporting's own address.
        secure: whether the local Kafka lets in only whom it knows; None: as it was first started.
        kafka_user, kafka_password, kafka_ca_file: the operator's login at a Kafka that is not the local stack's.
        postgres_programs: the directory of PostgreSQL's programs that the local stack runs; its own are in a wheel.
    """

    model_config = SettingsConfigDict(env_prefix="BATON_", frozen=True, extra="ignore")

    talent_host: str = HOST
    cpd_host: str = HOST
    collaboration_host: str = HOST
    reporting_host: str = HOST
    kafka_host: str = HOST
    postgres_host: str = HOST
    talent_port: Port = _PORTS["talent"]
    cpd_port: Port = _PORTS["cpd"]
    collaboration_port: Port = _PORTS["collaboration"]
    reporting_port: Port = _PORTS["reporting"]
    kafka_port: Port = KAFKA_PORT
    postgres_port: Port = POSTGRES_PORT
    mail_port: Port = MAIL_PORT
    var: AbsolutePath = ROOT / "var"
    kafka_libs: AbsolutePath | None = None
    secure: bool | None = None
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca_file: AbsolutePath | None = None
    postgres_programs: AbsolutePath | None = None
    master_key_file: AbsolutePath | None = None
    environment: str = "development"
    log_origin: str = "baton.local"
    dashboard: str = ""

    @property
    def secrets(self) -> Path:
        """Where the stack's secrets lie, but for the vault's master key."""
        return self.var / "secrets"

    def password_file(self, role: str) -> Path:
        return self.secrets / f"{role}.password"

    def password(self, role: str) -> str:
        """A role's password; empty when none was made yet."""
        try:
            return self.password_file(role).read_text().strip()
        except FileNotFoundError:
            return ""

    @property
    def kafka(self) -> str:
        """Where Kafka's clients start."""
        return f"{self.kafka_host}:{self.kafka_port}"

    @property
    def was_made_secure(self) -> bool:
        """Whether this stack was first started as a secured one: its own certificates are there."""
        return self.kafka_ca.exists()

    @property
    def is_secure(self) -> bool:
        """Whether Kafka lets in only whom it knows."""
        return self.was_made_secure if self.secure is None else self.secure

    @property
    def kafka_ca(self) -> Path:
        """What clients check the certificate of a secured local Kafka with."""
        return self.secrets / "kafka" / "ca.pem"

    @property
    def local_operator(self) -> Login | None:
        """Who may do everything on the local Kafka, if it is a secured one."""
        if not self.is_secure:
            return None
        return Login(SUPERUSER, self.password(SUPERUSER), self.kafka_ca)

    @property
    def cluster(self) -> Cluster:
        """Kafka, as an operator comes to it.

        Raises:
            Unmet: half of a login is told.
        """
        if (self.kafka_user is None) != (self.kafka_password is None):
            raise Unmet("BATON_KAFKA_USER and BATON_KAFKA_PASSWORD: one is of no use without the other.", "Set both.")
        if self.kafka_user is None or self.kafka_password is None:
            return Cluster(self.kafka, self.local_operator)
        return Cluster(self.kafka, Login(self.kafka_user, self.kafka_password.get_secret_value(), self.kafka_ca_file))

    @property
    def kafka_libraries(self) -> Path:
        """Where Kafka's jars lie: in `var` unless said otherwise."""
        return self.kafka_libs or self.var / "kafka" / "libs"

    @property
    def clock(self) -> Path:
        """The file of a simulated clock, in a directory that can be shared without the rest."""
        return self.var / "clock" / "clock.json"

    @property
    def checkpoints(self) -> Path:
        """Where the writers keep their checkpoints as files."""
        return self.var / "checkpoints"

    @property
    def hosts(self) -> dict[str, str]:
        """Where each part of the stack is reached."""
        return {
            "PostgreSQL": self.postgres_host,
            "Kafka": self.kafka_host,
            "talent": self.talent_host,
            "cpd": self.cpd_host,
            "collaboration": self.collaboration_host,
            "reporting": self.reporting_host,
        }

    def port(self, service: ServiceDescription) -> int:
        """The port that this stack gives a service."""
        return {
            "talent": self.talent_port,
            "cpd": self.cpd_port,
            "collaboration": self.collaboration_port,
            "reporting": self.reporting_port,
        }[service.name]

    def url(self, service: ServiceDescription) -> str:
        """Where a service is reached."""
        return f"http://{self.hosts[service.name]}:{self.port(service)}"

    def dsn(self, role: str, database: str, password: str = "") -> str:
        """How a role logs in to a database."""
        return postgres_dsn(role, database, self.postgres_port, password=password, host=self.postgres_host)

    def ports(self, services: tuple[ServiceDescription, ...] = SERVICES) -> dict[str, int]:
        """Every port of the stack, by who listens on it."""
        return {
            "PostgreSQL": self.postgres_port,
            "Kafka": self.kafka_port,
            **({"mail": self.mail_port} if services else {}),
            **{service.name: self.port(service) for service in services},
        }


def stack_settings() -> StackSettings:
    """The settings that the environment gives.

    Raises:
        Unmet: when one of them is not what it should be.
    """
    try:
        return StackSettings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = f"BATON_{first['loc'][0]}".upper() if first["loc"] else "A BATON_ setting"
        raise Unmet(f"{name} cannot be used: {first['msg']}.") from None
