"""The AsyncAPI document and its page, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

from shared.documents import asyncapi, page
from shared.documents.asyncapi import Interface


def documents_router(interface: Callable[[], Interface]) -> APIRouter:
    """`/asyncapi.json` and `/docs/asyncapi`; both are made when they are first asked for."""
    router = APIRouter(tags=["documents"])

    @cache
    def made() -> asyncapi.Document:
        return asyncapi.document(interface())

    @router.get("/asyncapi.json")
    async def document() -> JSONResponse:
        """What this service says and hears over Kafka, as AsyncAPI 3."""
        return JSONResponse(made())

    @router.get("/docs/asyncapi", response_class=HTMLResponse)
    async def read() -> HTMLResponse:
        """The same as a page."""
        return HTMLResponse(page.of(made()), headers=page.headers)

    return router
