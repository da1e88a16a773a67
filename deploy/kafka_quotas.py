"""Quotas of Kafka's users. No Python library sets them yet, so that Kafka's own message is spelt out here.

The message is AlterClientQuotas, version 0 (KIP-546). aiokafka brings its connections and the types of the wire.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

from deploy.errors import Unmet
from shared.messaging import Cluster

_KEY = 49
_text = String("utf-8")
_entity = ("entity", Array(("entity_type", _text), ("entity_name", _text)))


class _Answer(Response):
    API_KEY = _KEY
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("entries", Array(("error_code", Int16), ("error_message", _text), _entity)),
    )


class _AlterQuotas(RequestStruct):
    API_KEY = _KEY
    API_VERSION = 0
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        ("entries", Array(_entity, ("ops", Array(("key", _text), ("value", Float64), ("remove", Boolean))))),
        ("validate_only", Boolean),
    )


class _AlterClientQuotas(Request[_AlterQuotas]):
    API_KEY = _KEY

    def __init__(self, users: Collection[str], quotas: Mapping[str, float | None]) -> None:
        ops = [(key, value or 0.0, value is None) for key, value in quotas.items()]
        self._entries = [([("user", user)], ops) for user in users]

    def build(self, request_struct_class: type[_AlterQuotas]) -> _AlterQuotas:
        return request_struct_class(self._entries, False)  # noqa: FBT003 - a field of the message


async def set_quotas(cluster: Cluster, users: Collection[str], quotas: Mapping[str, float | None]) -> None:
    """Give each of these users these quotas; None takes one away.

    Raises:
        Unmet: Kafka refuses, or cannot be reached.
    """
    client = AIOKafkaClient(**cluster.client)
    try:
        await client.bootstrap()
        answer: Any = await client.send(client.get_random_node(), _AlterClientQuotas(users, quotas))
        for code, message, [(_, user)] in answer.entries:
            if code != 0:
                raise Unmet(f"Kafka refused the quotas of {user}: {message or for_code(code).__name__}.")
    except KafkaError as error:
        raise Unmet(
            f"The quotas at {cluster.bootstrap} cannot be set: {type(error).__name__}.", "Do it again when Kafka is up."
        ) from error
    finally:
        await client.close()
