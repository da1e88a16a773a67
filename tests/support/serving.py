"""An application at a port of this machine, for what wants a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any

import uvicorn
from starlette.applications import Starlette


class _Server(uvicorn.Server):
    """Which leaves signals to whoever runs the tests."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


@asynccontextmanager
async def serving(app: Starlette, port: int, **how: Any) -> AsyncIterator[None]:
    """It is served as long as the block; several times one after another, if need be.

    Args:
        how: what else uvicorn is told.
    """
    server = _Server(uvicorn.Config(app, port=port, log_config=None, **how))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task
