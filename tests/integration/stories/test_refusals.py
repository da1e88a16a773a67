"""Every refusal that a writer can give is given, through a real door, with its own code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from shared.documents.refusals import refusals_of
from shared.writer import answering
from tests.integration.stories import provoking
from tests.integration.stories.conftest import Trust
from tests.integration.stories.provoking import Provoke

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own
SERVICES = ("talent", "cpd", "collaboration")

# What no request brings about while all is well; each is provoked where its cause can be planted.
ELSEWHERE: Mapping[str, str] = {
    "unavailable": "tests/unit/shared/test_problems.py",
    "unexpected": "tests/unit/shared/test_problems.py",
    "issuer_unreachable": "tests/unit/shared/test_problems.py",
    "urn_succeeded": "tests/integration/test_urn_succession.py",
    "not_sealed_yet": "tests/integration/test_sealing.py",
    "not_in_tree": "tests/integration/test_sealing.py",
    "tree_incomplete": "tests/integration/test_sealing.py",
    "overloaded": "tests/unit/shared/test_turnstile.py",
    "too_many_at_once": "tests/unit/shared/test_turnstile.py",
    "too_many_requests": "tests/unit/shared/test_turnstile.py",
    "too_slow": "tests/unit/shared/test_turnstile.py",
}


def provokers(service: str) -> Iterator[tuple[str, str, Provoke]]:
    """Whatever the modules of a service provoke: the module, the code, and how."""
    for module in iter_modules(provoking.__path__):
        if module.name.startswith(f"{service}_"):
            provoked = import_module(f"{provoking.__name__}.{module.name}").provoked
            yield from ((module.name, code, provoke) for code, provoke in provoked.items())


ALL = [found for service in SERVICES for found in provokers(service)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_code_of_the_service_is_provoked_and_no_other(service: str) -> None:
    codes = {refusal.code for refusal in refusals_of([f"services.{service}", *answering])}

    assert {code for _, code, _ in provokers(service)} == codes - ELSEWHERE.keys()


@pytest.mark.parametrize(("code", "place"), ELSEWHERE.items())
def test_what_is_provoked_elsewhere_is(code: str, place: str) -> None:
    assert f'"{code}"' in Path(place).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "provoke"), [found[1:] for found in ALL], ids=[f"{module}-{code}" for module, code, _ in ALL]
)
async def test_the_refusal_is_answered_with_its_code(trust: Trust, code: str, provoke: Provoke) -> None:
    assert await provoke(trust) == code
