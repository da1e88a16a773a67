"""What four running services show is what the operators' guide tells."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.description import SERVICES
from deploy.local.status import status
from deploy.settings import StackSettings
from deploy.tokens import development_token
from shared.identity import Principal
from tests.support.operating import Metric, metrics
from tests.support.writer import until

WHO = {
    "all": {"talent", "cpd", "collaboration", "reporting"},
    "writers": {"talent", "cpd", "collaboration"},
    "collaboration": {"collaboration"},
    "reporting": {"reporting"},
}


async def test_the_guides_table_is_what_the_services_show(demo: StackSettings) -> None:
    async def caught_up() -> bool:
        found = await status(demo)
        return all(service["lag_records"] == 0 for service in found["services"].values())

    await until(caught_up, seconds=60)
    await knock(demo)
    shown: dict[str, set[str]] = defaultdict(set)
    found: dict[str, set[tuple[str, frozenset[str]]]] = defaultdict(set)
    for service in SERVICES:
        async with httpx.AsyncClient(base_url=demo.url(service), trust_env=False) as client:
            text = (await client.get("/metrics")).text
        for name, kind, labels in samples(text):
            shown[name].add(service.name)
            found[name].add((kind, labels))

    documented = metrics()
    assert set(found) == set(documented)
    assert {name: {(m.type, m.labels)} for name, m in documented.items()} == found
    for name, metric in documented.items():
        assert shown[name] == WHO[metric.shown_by] or counts_only_what_happened(metric, shown[name]), name


def counts_only_what_happened(metric: Metric, shown: set[str]) -> bool:
    """A counter is there once something was counted."""
    return metric.type == "counter" and shown <= WHO[metric.shown_by]


async def knock(demo: StackSettings) -> None:
    """A refusal at every service, and a command that loses a race, which writes nothing."""
    principal = Principal("tester", frozenset({"trust_leader"}), "99001", frozenset())
    token = development_token(demo, principal, lasts=timedelta(minutes=5))
    for service in SERVICES:
        async with httpx.AsyncClient(base_url=demo.url(service), trust_env=False) as client:
            assert (await client.get("/nowhere")).status_code == httpx.codes.NOT_FOUND
            if service.name == "talent":
                answer = await client.post(
                    "/trusts",
                    json={"trustuid": "99001", "trust_ref": "TR09901", "name": "X"},
                    headers={"authorization": f"Bearer {token}", "idempotency-key": "k", "if-match": '"999"'},
                )
                assert answer.status_code == httpx.codes.CONFLICT


def samples(text: str) -> list[tuple[str, str, frozenset[str]]]:
    """(metric, type, its labels) of every sample that is ours."""
    return [
        (sample.name if family.type != "histogram" else family.name, family.type, frozenset(sample.labels) - {"le"})
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("baton_")
    ]
