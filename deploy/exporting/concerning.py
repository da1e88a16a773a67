"""Which events of a writer's store concern a school or a person: the rule of the reports, as a condition in SQL.

An event concerns whom one of its fields names, whichever that is, and where its type has no field for such, whom the
first event of its stream names (services/reporting/history/about.py). A writer's store has no index for that: a log
is read from its beginning, and a record is parsed only where the name stands in its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.history.about import json_paths, kind_of, unnamed
from services.reporting.history.events import Arguments

_NAMES = """(
    {json} ->> 'urn' = {name}
    or case when position(convert_to({name}, 'UTF8') in {of}.record) > 0 then exists (
        select from unnest({types}::text[], {paths}::text[]) field (type, path)
        where field.type = {of}.type
            and jsonb_path_exists(
                convert_from({of}.record, 'UTF8')::jsonb, path::jsonpath, jsonb_build_object('name', {name})
            )
    ) else false end
)"""


def concerns(names: Sequence[str], argument: Arguments) -> str:
    """That an event `e` concerns a school, by its URN, or a person, by the ids of all entries that are theirs.

    Args:
        argument: the query's.
    """
    return f"({' or '.join(_concerns(name, argument) for name in names)})"


def _concerns(name: str, argument: Arguments) -> str:
    fields = json_paths()
    named = {
        "name": f"{argument(name)}::text",
        "types": argument([type_name for type_name, _ in fields]),
        "paths": argument([f"{path} ? (@ == $name)" for _, path in fields]),
    }
    own, first = (_NAMES.format(of=of, json=envelope(of), **named) for of in ("e", "f"))
    return f"""({own} or e.type = any({argument(list(unnamed(kind_of(name))))}::text[]) and exists (
        select from event f where f.stream = e.stream and f.version = 1 and {first}
    ))"""


def envelope(of: str) -> str:
    """The envelope of an event as JSON."""
    return f"convert_from({of}.meta, 'UTF8')::json"
