"""The trust's retention periods, from a file that it may replace by its own: `retention.toml` says what is in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, get_args

from annotated_types import Ge, Le, MinLen
from pydantic import ConfigDict, Strict, TypeAdapter, ValidationError, with_config

from services.talent.domain.retention import Years
from shared.contracts.talent.register import EngagementKind

DEFAULTS = Path(__file__).with_suffix(".toml")


class RetentionFileError(RuntimeError):
    """The file of retention periods cannot be used: says where and why."""


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class Period:
    """For how many years after its last day a kind of engagement keeps a person's data, and by which rule."""

    years: Annotated[int, Ge(0), Le(100), Strict()]
    source: Annotated[str, MinLen(1)]


Periods = Mapping[EngagementKind, Period]


def years(periods: Periods) -> Years:
    """The figures alone."""
    return {kind: period.years for kind, period in periods.items()}


def read_periods(path: Path | None = None) -> Periods:
    """The periods of a file; without one, those that come with the service.

    Raises:
        RetentionFileError: it cannot be read, a kind of engagement is missing or unknown, or a figure makes no sense.
    """
    path = path or DEFAULTS
    try:
        found = _periods.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RetentionFileError(f"{path} cannot be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise RetentionFileError(f"{path} is no TOML: {error}") from None
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        raise RetentionFileError(f"{path}, {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if missing := sorted(set(get_args(EngagementKind)) - found.keys()):
        raise RetentionFileError(
            f"{path} says nothing of {', '.join(missing)}: every kind of engagement needs a period"
        )
    return found


_periods: TypeAdapter[Periods] = TypeAdapter(dict[EngagementKind, Period])
