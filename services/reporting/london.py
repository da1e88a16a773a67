"""The zone that days and times are told in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

london = ZoneInfo("Europe/London")
