"""Who posts to a webhook proves it: HTTP Message Signatures (RFC 9421) by Ed25519, over a Content-Digest (RFC 9530)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from http_message_signatures import HTTPMessageSigner, algorithms
from http_message_signatures.resolvers import MappingKeyResolver
from joserfc.jwk import OKPKey

from shared.vault import Vault

covered = ("@method", "@target-uri", "content-type", "content-digest")
keys_path = "/.well-known/jwks.json"


@dataclass(slots=True)
class _Request:
    """What the library signs."""

    method: str
    url: str
    headers: dict[str, str]


class Signer:
    """Signs what this service posts."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._jwk = OKPKey.import_key(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self._key_id = self._jwk.thumbprint()
        self._signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self._key_id: key}),
        )

    @classmethod
    async def of(cls, vault: Vault) -> Signer:
        """With this service's own key for webhooks, which the vault keeps."""
        return cls(await vault.signing_key("webhooks"))

    def headers(self, url: str, content_type: str, body: bytes, at: datetime) -> dict[str, str]:
        """The headers of a signed POST."""
        request = _Request("POST", url, {"Content-Type": content_type})
        self._signer.sign(
            request, key_id=self._key_id, created=at, label="baton", covered_component_ids=covered, body=body
        )
        return request.headers

    def public_keys(self) -> dict[str, Any]:
        """What signatures are checked with, as a JWK Set (RFC 7517)."""
        public = self._jwk.as_dict(private=False)
        return {"keys": [{**public, "kid": self._key_id, "alg": "EdDSA", "use": "sig"}]}


def keys_router(vault: Vault) -> APIRouter:
    """Where receivers find the public key."""
    router = APIRouter(tags=["documents"])

    @router.get(keys_path, responses=_jwks)
    async def the_keys_that_webhooks_are_signed_with() -> JSONResponse:
        """The public keys that webhooks are signed with, as a JWK Set: `keyid` in a signature is a `kid` here."""
        signer = await Signer.of(vault)
        return JSONResponse(signer.public_keys(), headers={"cache-control": "max-age=3600"})

    return router


_jwks: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A JWK Set.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["keys"],
                    "properties": {"keys": {"type": "array", "items": {"type": "object"}}},
                }
            }
        },
    }
}
