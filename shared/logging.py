"""Logs: one line an event with a fixed name and fields; JSON unless somebody is watching on a terminal.

What is bound at the edge (correlation and causation) is on every line. Personal data is never a field: log ids and
codes. Of an error it is told where it happened and of what kind it is, never its message: in one of Postgres's driver,
or of pydantic, what somebody wrote is quoted.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

import structlog

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(service: str, level: str = "info") -> None:
    """Send everything, the libraries' lines included, through structlog to the standard output."""
    watched = sys.stdout.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(_without_message),
    ]
    rendering: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if watched else structlog.processors.JSONRenderer(ensure_ascii=True)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiokafka", "uvicorn.access", "httpx", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(service=service)


def unhandled(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """What an event loop does with an error that nobody waits for: asyncio's own handler would quote it."""
    error = context.get("exception")
    structlog.get_logger().error("unhandled", said=context["message"], exc_info=error or False)


def _without_message(exc_info: ExcInfo) -> str:
    return "".join(_told(exc_info[1]))


def _told(error: BaseException) -> Iterator[str]:
    """An error's traceback, after those of what led to it, and before those of what it is a group of."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _told(one)
