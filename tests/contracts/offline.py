"""The four services, put together once for the tests that read what they say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from fastapi import FastAPI

from deploy.contracts import offline


@cache
def services() -> Mapping[str, FastAPI]:
    return offline.services()
