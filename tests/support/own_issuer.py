"""The built-in issuer as every stack has one: a key pair of its own, in files; whoever trusts it; and its tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc.jwk import OKPKey

from shared.identity import BUILT_IN, KeyFile, Principal, Trusted, Verifier, issue
from tests.support.forging import Forge


class OwnIssuer:
    """An issuer that is a test's alone.

    Attributes:
        public: the file with the key that a service is given.
        verifier: believes this issuer and nobody else.
    """

    def __init__(self, directory: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now, self.key = now, OKPKey.generate_key("Ed25519")
        self.public, self._private = directory / "issuer.public.jwk", directory / "issuer.jwk"
        self.public.write_text(json.dumps(self.key.as_dict(private=False)))
        self._private.write_text(json.dumps(self.key.as_dict(private=True)))
        self.verifier = Verifier([Trusted(BUILT_IN, KeyFile(self.public))], now)

    def proof(self, who: Principal) -> dict[str, str]:
        """The header that somebody proves themselves with."""
        token = issue(self._private, who, now=self.now(), lasts=timedelta(minutes=9))
        return {"authorization": f"Bearer {token}"}

    def forge(self) -> Forge:
        """Signs with its key whatever it is given."""
        return Forge(BUILT_IN, self.key, self.now())
