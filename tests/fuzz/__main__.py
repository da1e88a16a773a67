"""`make fuzz`: new examples, minute after minute, of the reading and of each service's pipeline.

What is found is kept in tests/fuzz/cases, and the suite tries it again from then on. Exit code 1 when something was.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
import traceback
from contextlib import AsyncExitStack
from functools import partial
from itertools import count

import structlog

from deploy.provision import ensure_roles
from tests.fuzz.pipeline import WRITERS, Pipeline, pipeline
from tests.fuzz.running import Found, read, take
from tests.stack import choose, running_stack

READ, TAKEN = 400, 60  # examples a round; one of a pipeline is a few claims


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=…", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the first round; the next is one more")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # a line a refusal
    logging.disable(logging.CRITICAL)  # there is no Kafka, and its client says so
    sys.exit(1 if asyncio.run(_fuzzed(asked.minutes * 60, asked.seed)) else 0)


async def _fuzzed(seconds: float, first: int) -> int:
    """How much was found."""
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(running_stack(choose(os.environ), os.environ))
        await ensure_roles(stack.postgres_dsn, stack.passwords)
        pipelines = [await opened.enter_async_context(pipeline(stack, service)) for service in WRITERS]
        ends, found, rounds = time.monotonic() + seconds, 0, 0
        for number in count(first):
            if time.monotonic() > ends:
                break
            found += await asyncio.to_thread(_round, pipelines, number)
            rounds += 1
        _tell(pipelines, rounds, first, found)
    return found


def _round(pipelines: list[Pipeline], number: int) -> int:
    found = 0
    for turn in (partial(read, READ, number), *(partial(take, one, TAKEN, number) for one in pipelines)):
        try:
            turn()
        except Found as case:
            found += 1
            traceback.print_exception(case.__cause__)
            print(f"seed {number}: {case}", flush=True)  # noqa: T201  a script says what it did
    return found


def _tell(pipelines: list[Pipeline], rounds: int, first: int, found: int) -> None:
    lines = [f"{rounds} rounds from seed {first}: {rounds * READ:,} readings; {found} found"]
    for one in pipelines:
        answers = ", ".join(f"{code or outcome} {n:,}" for (outcome, code), n in one.answered.most_common(12))
        lines.append(f"{one.place.service.name}: {one.answered.total():,} answers: {answers}")
    print("\n".join(lines))  # noqa: T201  a script says what it did


if __name__ == "__main__":
    main()
