"""Every kind of letter there is, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting.post.digest import digest
from services.reporting.post.kind import Kind
from services.reporting.post.reminders import reminder
from services.reporting.post.you_said import you_said

kinds: Mapping[str, Kind] = {kind.name: kind for kind in (you_said, reminder, digest)}
