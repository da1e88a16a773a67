"""Every kind of letter there is, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.post.digest import digest
from services.reporting.post.kind import Kind

kinds: Mapping[str, Kind] = {kind.name: kind for kind in (digest,)}
