"""`POST /oauth/token`: a client's secret for a token that lasts some minutes (RFC 6749 §4.4), by the built-in issuer.

For development: in production the trust's own provider issues the tokens. Authlib's server knows neither Starlette nor
asyncio; this is all that the one grant takes.
"""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from shared.documents.openapi import tokens_at
from shared.identity import Doorkeeper, NotAuthenticated, issue
from shared.problems import documented
from shared.runtime.turnstile import network_of

lasts = timedelta(minutes=10)
_form = "application/x-www-form-urlencoded"
_unkept = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_challenge = {"WWW-Authenticate": 'Basic realm="baton", charset="UTF-8"'}


def token_router(doorkeeper: Doorkeeper, key_file: Path) -> APIRouter:
    """The token endpoint. `key_file`: the built-in issuer's private key."""
    router = APIRouter(tags=["clients"])

    @router.post(tokens_at, responses=_answers, openapi_extra=_asked)
    async def token(request: Request) -> JSONResponse:
        """A token for a school's system, by its client id and secret (OAuth 2.0 client credentials)."""
        try:
            client_id, secret = _credentials(request, await _fields(request))
            who = await doorkeeper.proven(client_id, secret, network_of(request))
        except _Refused as refused:
            return _error(400, refused.error, str(refused))
        except NotAuthenticated as unproven:
            return _error(401, "invalid_client", str(unproven), **_challenge)
        signed = issue(key_file, who, now=datetime.now(UTC), lasts=lasts)
        content = {"access_token": signed, "token_type": "Bearer", "expires_in": int(lasts.total_seconds())}
        return JSONResponse(content, headers=_unkept)

    return router


class _Refused(Exception):
    """A request that the grant does not allow: the error's code (RFC 6749 §5.2), and what to do."""

    def __init__(self, error: str, what_to_do: str) -> None:
        super().__init__(what_to_do)
        self.error = error


async def _fields(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _form:
        raise _Refused("invalid_request", f"Send a form as {_form}.")
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError:
        raise _Refused("invalid_request", "The form cannot be read.") from None
    fields = {name: text for name, text in pairs if text}  # an empty one is as good as none: RFC 6749 §3.2
    if len(fields) < len([text for _, text in pairs if text]):
        raise _Refused("invalid_request", "Give each field once.")
    if "grant_type" not in fields:
        raise _Refused("invalid_request", "Say grant_type=client_credentials.")
    if fields["grant_type"] != "client_credentials":
        raise _Refused("unsupported_grant_type", "The one grant is client_credentials.")
    if "scope" in fields:
        raise _Refused("invalid_scope", "There are no scopes: what a client may do, its admission says.")
    return fields


def _credentials(request: Request, fields: dict[str, str]) -> tuple[str, str]:
    """By `client_secret_basic`, or by `client_secret_post`."""
    scheme, _, basic = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return fields.get("client_id", ""), fields.get("client_secret", "")
    if "client_secret" in fields:
        raise _Refused("invalid_request", "Give the secret in one way: in the header, or in the form.")
    try:
        client_id, _, secret = (
            b64decode(basic if scheme.lower() == "basic" else "", validate=True).decode().partition(":")
        )
    except ValueError:
        client_id = secret = ""
    return unquote_plus(client_id), unquote_plus(secret)


def _error(status: int, error: str, what_to_do: str, **headers: str) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": what_to_do}, status, {**_unkept, **headers})


def _described(description: str, needed: list[str], **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": needed, "properties": properties}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_text = {"type": "string"}
_error_codes = ["invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope"]
_wrong = {"error": {"enum": _error_codes}, "error_description": _text}
_answers: dict[int | str, dict[str, Any]] = {
    200: _described(
        "The token, for `Authorization: Bearer`.",
        ["access_token", "token_type", "expires_in"],
        access_token=_text,
        token_type={"const": "Bearer"},
        expires_in={"type": "integer", "description": "Seconds."},
    ),
    400: _described("The request is not what RFC 6749 says.", ["error"], **_wrong),
    401: _described("There is no such client, or its secret is another.", ["error"], **_wrong),
    **documented(429),
}
_asked: dict[str, Any] = {
    "parameters": [
        {
            "name": "Authorization",
            "in": "header",
            "required": False,
            "description": "`Basic …` with the client's id and secret; or both in the form.",
            "schema": _text,
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            _form: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"const": "client_credentials"},
                        "client_id": _text,
                        "client_secret": _text,
                    },
                }
            }
        },
    },
}
