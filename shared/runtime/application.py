"""A service's HTTP application, and the process that serves it."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, cast
from uuid import uuid4

import structlog
import uvicorn
import uvloop
from fastapi import APIRouter, Depends, FastAPI, Path, Request, Response, Security
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, disable_created_metrics, generate_latest
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import crashpoint, logging, problems
from shared.clock import Clock
from shared.contracts import codec, schemas
from shared.contracts.vocabulary import identifier
from shared.documents import openapi
from shared.documents.asyncapi import Interface
from shared.documents.refusals import Refusal
from shared.documents.routes import documents_router
from shared.identity import Doorkeeper, NotAuthenticated, Principal
from shared.identity.doorkeeping import api_key_header
from shared.runtime.gauges import Reading, refresh
from shared.runtime.head import BoundedHead
from shared.runtime.health import Health, report
from shared.runtime.parts import Part, Resources, drain_seconds, prove_master_key
from shared.runtime.timing import Timed
from shared.runtime.turnstile import Limits, Turnstile
from shared.settings import ServiceSettings
from shared.vault import MasterKeyError

log = structlog.get_logger()

correlation_header = "x-correlation-id"


def make_app(  # noqa: PLR0913  a composition names its parts
    resources: Resources,
    *,
    title: str,
    routers: Sequence[APIRouter],
    parts: Sequence[Part],
    health: Health,
    gauges: Reading,
    refusals: Callable[[], Sequence[Refusal]],
    interface: Callable[[], Interface],
    doorkeeper: Doorkeeper | None = None,
    answer_seconds: float | None = None,
) -> FastAPI:
    """The service's HTTP application. Its parts start with it, in their order, and stop in the opposite order.

    Args:
        refusals: what it refuses; `interface`: what it says and hears over Kafka. Both are asked for when somebody
            wants to read of them.
        doorkeeper: knows who asks; None: by tokens alone.
        answer_seconds: how long a request may wait until its answer begins; None: as long as it takes.
    """
    settings, service = resources.settings, resources.settings.service

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in (resources, *parts):
                await part.start()
                stack.push_async_callback(part.stop)
            collect_rarely()
            log.info("started", port=settings.port)
            yield
            log.info("stopping")
        log.info("stopped")

    app = FastAPIOffline(docs_url="/docs", redoc_url=None, title=title, version="1", lifespan=lifespan)
    app.state.interface = interface
    app.add_middleware(
        Turnstile,
        doorkeeper=doorkeeper or Doorkeeper(resources.verifier),
        limits=Limits(
            settings.rate_client, settings.rate_address, settings.rate_at_once, answer_seconds=answer_seconds
        ),
    )
    app.add_middleware(Correlation)
    app.add_middleware(Timed, service=service)
    problems.install(app, service)
    app.include_router(_operations(service, health, gauges, resources.clock))
    app.include_router(documents_router(interface))
    for router in routers:
        app.include_router(router)
    openapi.describe(app, refusals)
    return app


def serve(build: Callable[[], FastAPI], settings: ServiceSettings) -> None:
    """Run what `build` puts together, until SIGTERM or SIGINT; then finish what is under way.

    Without the right master key nothing is started: the log says which of its conditions it is, and the process ends.
    """
    logging.configure(settings.service, settings.log_level)
    crashpoint.arm(settings.crashpoint)
    disable_created_metrics()  # type: ignore[no-untyped-call] # the package leaves it out; it would double every series

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(logging.unhandled)
        await prove_master_key(settings)
        config = uvicorn.Config(
            build(),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            http=BoundedHead,
            timeout_graceful_shutdown=drain_seconds,
        )
        await uvicorn.Server(config).serve()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(run())
        except MasterKeyError as wrong:
            log.critical("not_started", code=wrong.code, reason=wrong.message, advice=wrong.advice)
            sys.exit(1)


def collect_rarely() -> None:
    """Let Python look for cycles rarely, and never among what is there from the start.

    A batch makes tens of thousands of objects that all go with it, without a cycle: looking through them again and
    again took a third of a consumer's time. Not more rarely than this: the client of Kafka leaves what it fetched in
    cycles, a megabyte each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


_bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="A token that this platform's issuer signed.",
    scheme_name="bearer",
)
_api_key = APIKeyHeader(
    name=api_key_header,
    auto_error=False,
    description="Of a school's system, at the writers: `<client_id>.<secret>`, as it was shown when it was admitted.",
    scheme_name="apiKey",
)


async def authenticated(
    request: Request, _: Annotated[object, Security(_bearer)], __: Annotated[object, Security(_api_key)]
) -> Principal:
    """The caller, proven by a token or a key: what a route that needs one depends on."""
    who = request.state.asks
    if isinstance(who, NotAuthenticated):
        raise who
    return cast("Principal", who)


Caller = Annotated[Principal, Depends(authenticated)]


class Correlation:
    """Binds a request's correlation id to everything that is logged because of it, and gives it back to the caller."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(correlation_header, "")
        correlation_id = given if identifier.fullmatch(given) else uuid4().hex

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[correlation_header] = correlation_id
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            await self._app(scope, receive, answer)


def _operations(service: str, health: Health, gauges: Reading, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/livez", responses=_report)
    async def livez() -> JSONResponse:
        """Whether the process does its work; if not, restart it."""
        return await report(health.live)

    @router.get("/readyz", responses=_report)
    async def readyz() -> JSONResponse:
        """Whether requests can be served now."""
        return await report(health.live | health.ready)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Prometheus metrics."""
        await refresh(service, gauges)
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    @router.get("/clock", responses=_time)
    async def what_time_it_is() -> JSONResponse:
        """What time this service believes it is, and whether that is a simulated one."""
        return JSONResponse({"now": clock.now().isoformat(), "simulated": clock.simulated})

    @router.get("/schemas/{type_name}", response_class=SchemaResponse, responses=problems.documented(404))
    async def schema(type_name: Annotated[str, Path(description=_a_type)]) -> Response:
        """The JSON Schema of an event type."""
        try:
            return SchemaResponse(schemas.event_schema(type_name))
        except codec.UnknownType:
            raise problems.Problem(404, "type_unknown", "There is no event type of this name.") from None

    return router


class SchemaResponse(JSONResponse):
    """A JSON Schema."""

    media_type = "application/schema+json"


_a_type = "Its wire name, such as `uk.mat.talent.PersonRegistered.v1`."
_report: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["ok", "wrong", "checked"],
                    "properties": {
                        "ok": {"const": status == 200},  # noqa: PLR2004  HTTP's own number
                        "wrong": {"type": "object", "additionalProperties": {"type": "string"}},
                        "checked": {"type": "array", "items": {"type": "string"}},
                    },
                }
            }
        },
    }
    for status, description in ((200, "All is well."), (503, "Something is not; `wrong` says what."))
}
_time: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The time, with its zone.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["now", "simulated"],
                    "properties": {"now": {"type": "string", "format": "date-time"}, "simulated": {"type": "boolean"}},
                }
            }
        },
    }
}
