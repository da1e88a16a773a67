"""The built-in issuer: it signs as a real provider would, and nothing for production."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.identity.principal import Principal

issuer = "baton-local"
audience = "baton"
algorithm = "Ed25519"


def issue(private_key_file: Path, principal: Principal, *, now: datetime, lasts: timedelta) -> str:
    """A development token, signed with the local issuer's key."""
    key = OKPKey.import_key(json.loads(private_key_file.read_text(encoding="utf-8")))
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": principal.subject,
        "iat": int(now.timestamp()),
        "exp": int((now + lasts).timestamp()),
        "roles": sorted(principal.roles),
        "trustuid": principal.trustuid,
        "urns": sorted(principal.urns),
        **({"client_id": principal.client} if principal.client else {}),
    }
    return jwt.encode({"alg": algorithm, "typ": "at+jwt"}, claims, key, algorithms=[algorithm])
