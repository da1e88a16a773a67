"""How a node of the local Kafka is reached: by anybody on this machine, or over TLS by whom it knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deploy.certificates import BROKER
from deploy.description import HOST
from deploy.local.ports import free_port
from shared.messaging import Login

_MECHANISM = "SCRAM-SHA-512"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True, slots=True)
class Security:
    """What a node needs to let in only whom it knows, each to what they may do.

    Attributes:
        operator: who may do everything, and makes the other users; their CA file is the node's own, too.
        certificate: the node's key and certificate (PEM).
    """

    operator: Login
    certificate: Path

    @property
    def first_user(self) -> tuple[str, ...]:
        """What formats its storage with the operator known to it."""
        return "--add-scram", f"{_MECHANISM}=[name={self.operator.user},password={self.operator.password}]"

    @property
    def properties(self) -> dict[str, str]:
        """Nobody may do what no rule allows. The node comes to itself as the operator, to its controller by its key."""
        login = f'{_SCRAM} required username="{self.operator.user}" password="{self.operator.password}";'
        return {
            "sasl.enabled.mechanisms": _MECHANISM,
            "sasl.mechanism.inter.broker.protocol": _MECHANISM,
            f"listener.name.sasl_ssl.{_MECHANISM.lower()}.sasl.jaas.config": login,
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.certificate),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.operator.ca_file),
            "listener.name.controller.ssl.client.auth": "required",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": f"User:{self.operator.user};User:CN={BROKER}",
        }


def listeners(port: int, advertised_port: int, security: Security | None) -> dict[str, str]:
    """Where the node listens and how; its controller on any free port."""
    clients, controllers = ("PLAINTEXT", "PLAINTEXT") if security is None else ("SASL_SSL", "SSL")
    controller = f"{HOST}:{free_port()}"
    return {
        "controller.quorum.voters": f"1@{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"{clients}://{HOST}:{port},CONTROLLER://{controller}",
        "advertised.listeners": f"{clients}://{HOST}:{advertised_port}",
        "listener.security.protocol.map": f"{clients}:{clients},CONTROLLER:{controllers}",
        "inter.broker.listener.name": clients,
        **(security.properties if security else {}),
    }
