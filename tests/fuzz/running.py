"""Examples by the hundred, always the same ones of a seed; the smallest that fails is kept."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

from tests.fuzz import corpus, reading
from tests.fuzz.pipeline import Pipeline

ROLES = ("trust_leader", "school_system")


class Found(AssertionError):
    """An example failed, and is kept."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"kept as {path}: mend it, and leave it there")


def read(count: int, number: int) -> None:
    """Try so many examples of reading."""
    _try(reading.sent, reading.check, count, number, lambda sent: corpus.keep("reading", sent.case()))


def take(pipeline: Pipeline, count: int, number: int) -> None:
    """Try so many batches of one service's claims."""
    service = pipeline.place.service.name
    _try(
        st.tuples(pipeline.claims(), st.sampled_from(ROLES)),
        lambda said: pipeline.check(*said),
        count,
        number,
        lambda said: corpus.keep(f"pipeline-{service}", {"claims": said[0], "role": said[1]}),
    )


def _try(
    strategy: st.SearchStrategy[Any],
    check: Callable[[Any], None],
    count: int,
    number: int,
    keep: Callable[[Any], Path],
) -> None:
    last: Any = None

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(strategy)
    def holds(example: Any) -> None:
        nonlocal last
        last = example
        check(example)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)  # others in this process use `random`
        try:
            holds()
        except Exception as failed:  # the last that was tried is the smallest
            raise Found(keep(last)) from failed
