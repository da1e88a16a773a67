"""Sending what the files ask for: claims in batches through talent's door, each trust's with a token of that trust."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter
from uuid_utils.compat import uuid7

from deploy.errors import Unmet
from deploy.register.reading import Ask
from shared.contracts import talent
from shared.contracts.talent import RoleCountDeclared, SchoolJoinedTrust, TrustRegistered
