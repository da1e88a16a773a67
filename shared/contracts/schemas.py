"""The published language as JSON Schema (2020-12): what the record of each event type is like, as it is on the topic.

Two marks of our own say what a reader has to take care of. `x-personal` stands at a text that is sealed, and names the
field whose person's key opens it (null: the key of its stream). `x-data-subject` stands at the id of a person.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from shared.contracts import codec

Schema = dict[str, Any]
dialect = "https://json-schema.org/draft/2020-12/schema"


class Plain(GenerateJsonSchema):
    """Without titles that only repeat a field's name."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        """A field's name is its title."""
        return False


class _OfRecords(Plain):
    """A record leaves out what has no value, so null stands nowhere."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """The value, where there is one."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """What is meant where nothing stands; None means nothing."""
        if schema.get("default") is None and "default_factory" not in schema:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


def schema_id(type_name: str) -> str:
    """The name of an event type's schema."""
    return f"urn:baton:event:{type_name}"


def event_schema(type_name: str) -> Schema:
    """The JSON Schema of an event type.

    Raises:
        UnknownType: the type is in no contract.
    """
    content = codec.adapter(codec.shape(type_name)).json_schema(mode="serialization", schema_generator=_OfRecords)
    return {"$id": schema_id(type_name), "$schema": dialect, **content}


def opened_schema(type_name: str) -> Schema:
    """The JSON Schema of an event whose personal texts stand in clear, as whoever it is addressed to is told it.

    Raises:
        UnknownType: the type is in no contract.
    """
    cls, schema = codec.shape(type_name), event_schema(type_name)
    clear = codec.adapter(cls).json_schema(mode="validation", schema_generator=_OfRecords)["properties"]
    schema["properties"] |= {name: clear[name] for name in codec.personal_fields(cls)}
    return schema


def all_event_schemas() -> dict[str, Schema]:
    """The schema of every event type there is, by its wire name."""
    names = sorted(name for contract in codec.contracts.values() for name in contract.types)
    return {name: event_schema(name) for name in names}
