"""Tokens that hold, and all that are forged, stale or meant for something else (FAULTS.md, E1)."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey, RSAKey

from shared.identity import Issuer, Principal

LEADER = Principal("person-7", frozenset({"trust_leader"}), "99001", frozenset({"900001"}))
_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(slots=True)
class Forge:
    """Signs with an issuer's own key, whatever it is given.

    Attributes:
        now: the time that tokens are good at.
    """

    issuer: Issuer
    key: OKPKey | RSAKey
    now: datetime
    type: str = "at+jwt"
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def header(self) -> dict[str, Any]:
        algorithm = "RS256" if isinstance(self.key, RSAKey) else "Ed25519"
        named = {"kid": self.key.kid} if self.key.kid else {}
        return {"alg": algorithm, "typ": self.type, **named}

    @property
    def claims(self) -> dict[str, Any]:
        at = int(self.now.timestamp())
        return {
            "iss": self.issuer.issuer,
            "aud": self.issuer.audience,
            "sub": LEADER.subject,
            "iat": at,
            "nbf": at,
            "exp": at + 300,
            self.issuer.roles_claim: sorted(LEADER.roles),
            self.issuer.trust_claim: LEADER.trustuid,
            self.issuer.urns_claim: sorted(LEADER.urns),
            **self.more,
        }

    def token(self, header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """One with some claims changed; None leaves one out."""
        claims = {name: content for name, content in (self.claims | changes).items() if content is not None}
        return self.of(json.dumps(claims).encode(), header)

    def of(self, claims: bytes, header: Mapping[str, Any] | None = None) -> str:
        """One with a header changed, and claims as they stand."""
        head = {name: content for name, content in (self.header | dict(header or {})).items() if content is not None}
        signed = f"{b64(json.dumps(head).encode())}.{b64(claims)}"
        return f"{signed}.{b64(self.sign(signed.encode()))}"

    def sign(self, content: bytes) -> bytes:
        private = self.key.private_key
        if isinstance(private, RSAPrivateKey):
            return private.sign(content, PKCS1v15(), SHA256())
        assert isinstance(private, Ed25519PrivateKey)
        return private.sign(content)

    def stranger(self) -> Forge:
        """Who has another key, and says that it is the issuer's."""
        named: Any = {"kid": self.key.kid} if self.key.kid else {}
        made = (
            RSAKey.generate_key(2048, named) if isinstance(self.key, RSAKey) else OKPKey.generate_key("Ed25519", named)
        )
        return Forge(self.issuer, made, self.now, self.type, self.more)


def _hs256(forge: Forge, secret: bytes) -> str:
    header = {**forge.header, "alg": "HS256"}
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(forge.claims).encode())}"
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def _public(forge: Forge) -> bytes:
    return forge.key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _unsigned(forge: Forge, algorithm: str) -> str:
    header = {**forge.header, "alg": algorithm}
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(forge.claims).encode())}."


def _embedded(forge: Forge, **where: Any) -> str:
    """Signed with a key that the token itself brings, or says where it is."""
    other = forge.stranger()
    return other.token(header=where or {"jwk": other.key.as_dict(private=False)})


def _spilling(forge: Forge) -> str:
    """The same signature in other letters: the bits of its last letter that stand for nothing are set."""
    token = next(made for n in range(64) if _spare(made := forge.token(jti=str(n))))
    return token[:-1] + _alphabet[_alphabet.index(token[-1]) + 1]


def _spare(token: str) -> bool:
    return _alphabet.index(token[-1]) % 4 == 0


def _swapped(forge: Forge) -> str:
    header, _, signature = forge.token().split(".")
    return f"{header}.{b64(json.dumps(forge.claims | {'sub': 'somebody-else'}).encode())}.{signature}"


def _twice(forge: Forge, name: str, first: Any) -> str:
    """Named twice: who takes the first and who takes the last read different tokens."""
    return forge.of(f'{{"{name}": {json.dumps(first)}, {json.dumps(forge.claims)[1:]}'.encode())


def _padded(forge: Forge) -> str:
    token = forge.token()
    return token + "=" * (-len(token.rpartition(".")[2]) % 4 or 2)


def _standard_base64(forge: Forge) -> str:
    """In the alphabet with + and /, of a token whose letters differ there."""
    token = next(made for n in range(64) if set("-_") & set((made := forge.token(jti=str(n))).rpartition(".")[2]))
    return token.replace("-", "+").replace("_", "/")


def _stripped(forge: Forge) -> str:
    return forge.token().rpartition(".")[0]


def _changed(header: Mapping[str, Any] | None = None, **claims: Any) -> Callable[[Forge], str]:
    return lambda forge: forge.token(header, **claims)


def _later(name: str, seconds: int) -> Callable[[Forge], str]:
    return lambda forge: forge.token(None, **{name: int(forge.now.timestamp()) + seconds})


def _of_issuer(claim: str, content: Any) -> Callable[[Forge], str]:
    """A claim that each issuer names in its own way."""
    return lambda forge: forge.token(**{getattr(forge.issuer, claim): content})


_encrypted = b64(b'{"alg": "RSA-OAEP", "enc": "A256GCM"}') + ".a.a.a.a"

UNSENDABLE = {"a line's end"}  # HTTP itself takes no such header
FORGED: Mapping[str, Callable[[Forge], str]] = {
    "expired": _later("exp", -60),
    "expires never": _changed(exp=None),
    "expires as a text": _changed(exp="9999999999"),
    "expires at true": _changed(exp=True),
    "expires at NaN": lambda f: f.of(json.dumps(f.claims | {"exp": float("nan")}).encode()),
    "not valid yet": _later("nbf", 60),
    "issued in the future": _later("iat", 60),
    "issued at no time": _changed(iat=None),
    "for another audience": _changed(aud="another-service"),
    "for a list of others": _changed(aud=["another-service", "account"]),
    "for an audience that begins like ours": _changed(aud="baton-admin"),
    "for nobody": _changed(aud=None),
    "for an object": _changed(aud={"baton": True}),
    "by another issuer": _changed(iss="https://elsewhere.example"),
    "by a list with the issuer": lambda f: f.token(iss=[f.issuer.issuer]),
    "by the issuer with a slash": lambda f: f.token(iss=f.issuer.issuer + "/"),
    "by nobody": _changed(iss=None),
    **{f"unsigned: {alg!r}": partial(_unsigned, algorithm=alg) for alg in ("none", "None", "NONE", "nOnE", "")},
    "no algorithm": _changed({"alg": None}),
    "algorithm as a list": _changed({"alg": ["RS256", "Ed25519"]}),
    "another algorithm's name": lambda f: f.token({"alg": "ES256"}),
    "HS256 with the public key": lambda f: _hs256(f, _public(f)),
    "HS256 with the public JWK": lambda f: _hs256(f, json.dumps(f.key.as_dict(private=False)).encode()),
    "HS256 with nothing": lambda f: _hs256(f, b""),
    "another key under the same name": lambda f: f.stranger().token(),
    "its own key in the header": _embedded,
    "a key at its own address": partial(_embedded, jku="https://elsewhere.example/keys"),
    "a certificate at its own address": partial(_embedded, x5u="https://elsewhere.example/cert"),
    "its own certificate": partial(_embedded, x5c=["MIIB"]),
    "something critical": _changed({"crit": ["bork"], "bork": True}),
    "something critical that is known": _changed({"crit": ["b64"], "b64": True}),
    "an unknown header": _changed({"bork": True}),
    "a key's name that is a path": _changed({"kid": "../../../../dev/null"}),
    "a key's name that nobody knows": _changed({"kid": "unknown"}),
    "a key's name that is no text": _changed({"kid": 7}),
    "padded": _padded,
    "padded twice": lambda f: f.token() + "==",
    "spare bits set": _spilling,
    "standard base64": _standard_base64,
    "a line's end": lambda f: f.token() + "\n",
    "no signature": _stripped,
    "an empty signature": lambda f: _stripped(f) + ".",
    "claims swapped": _swapped,
    "two dots more": lambda f: f.token() + ".e30.e30",
    "encrypted": lambda _: _encrypted,
    "a claim twice": lambda f: _twice(f, "sub", "somebody-else"),
    "roles twice": lambda f: _twice(f, f.issuer.roles_claim, ["auditor"]),
    "claims that are a list": lambda f: f.of(json.dumps([f.claims]).encode()),
    "claims that nest": lambda f: f.of(b'{"a":' * 900 + b"1" + b"}" * 900),
    "claims that are no UTF-8": lambda f: f.of(json.dumps(f.claims | {"x": "é"}, ensure_ascii=False).encode("latin-1")),
    "huge": _changed(more="x" * 9_000),
    "nested": lambda f: f.of(f.token().encode(), {"cty": "JWT"}),
    "an ID token": lambda f: f.token({"typ": "JWT"}, nonce="n", at_hash="h"),
    "an ID token by its claim": _changed(typ="ID"),
    "a refresh token": _changed(typ="Refresh"),
    "a logout token": lambda f: f.token(events={"http://schemas.openid.net/event/backchannel-logout": {}}),
    "of an unknown type": _changed({"typ": "secevent+jwt"}),
    "of no type": _changed({"typ": None}),
    "roles as a text": _of_issuer("roles_claim", "trust_leader"),
    "roles as objects": _of_issuer("roles_claim", [{"role": "trust_leader"}]),
    "no roles": _of_issuer("roles_claim", None),
    "an empty list of roles": _of_issuer("roles_claim", []),
    "an unknown role": _of_issuer("roles_claim", ["trust_leader", "king"]),
    "URNs as a text": _of_issuer("urns_claim", "900001"),
    "URNs as numbers": _of_issuer("urns_claim", [900001]),
    "no trust": _of_issuer("trust_claim", None),
    "a trust that is a number": _of_issuer("trust_claim", 99001),
    "no subject": _changed(sub=None),
    "an empty subject": _changed(sub=""),
    "a subject that is a list": _changed(sub=[LEADER.subject]),
    "the scheme twice": lambda f: f"bearer {f.token()}",
    "two tokens": lambda f: f"{f.token()}, {f.token()}",
    "no token at all": lambda _: "not a token",
}
"""By what is wrong with each."""
