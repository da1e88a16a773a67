"""`python -m deploy.local.kafka`: fetch Kafka's jars now, so that a first `up` or test run need not."""

from __future__ import annotations

import asyncio
import sys

from deploy.errors import Unmet
from deploy.local.kafka.libraries import fetch
from deploy.settings import stack_settings

try:
    asyncio.run(fetch(stack_settings().kafka_libraries))
except Unmet as unmet:
    sys.exit(f"{unmet.detail}\n{unmet}".strip())
