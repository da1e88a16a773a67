"""The intake's tables, as migrations create them."""

from __future__ import annotations

from pathlib import Path


def schema(app_role: str) -> str:
    """The table of parked claims."""
    return _script("schema_1.sql", app_role)


def origins_schema(app_role: str) -> str:
    """The table of which trust each school belongs to."""
    return _script("schema_2.sql", app_role)


def staff_schema(app_role: str) -> str:
    """The tables of who is who and who works where."""
    return _script("schema_3.sql", app_role)


def heard_schema(app_role: str) -> str:
    """The table of what the views were made of."""
    return _script("schema_4.sql", app_role)


def kept_schema(app_role: str) -> str:
    """The table of what was refused, as it came."""
    return _script("schema_5.sql", app_role)


def successions_schema(app_role: str) -> str:
    """The table of which URN goes on as which."""
    return _script("schema_6.sql", app_role)


def _script(name: str, app_role: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").replace("{app}", f'"{app_role}"')
