"""How long requests take, by the route's template: a path may hold ids."""

from __future__ import annotations

import time

from fastapi.routing import APIRoute
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_requests = Histogram("baton_request_seconds", "Time until a request's answer began", ["service", "route", "status"])


class Timed:
    """Measures how long each answer took to begin."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        def took(status: int) -> None:
            _requests.labels(self._service, _template(scope), status).observe(time.perf_counter() - began)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                took(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception:
            took(500)  # answered further out
            raise


def _template(scope: Scope) -> str:
    """A route as it is written in the code, such as `GET /events/{event_id:path}`."""
    route = scope.get("route")
    return f"{'|'.join(sorted(route.methods or ()))} {route.path}" if isinstance(route, APIRoute) else "other"
