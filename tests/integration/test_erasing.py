"""Somebody is erased while many write about them: afterwards they are readable nowhere, and what is whole stays so."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from math import ceil
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from deploy.backups import vault_file
from deploy.description import KAFKA_SETTINGS, VAULT
from deploy.exporting.exporting import manifest_of
from deploy.exporting.history import as_line
from deploy.exporting.parquet import events_of
from deploy.local.kafka import broker
from deploy.person.held import held
from deploy.person.package import package
from services.collaboration.telling.feed import ERASED
from services.reporting.composition import all_projections
from services.reporting.read_models.rebuild import rebuild
from services.reporting.web.event_pages import A_PAGE
from shared.messaging import ingest_topic
from shared.vault import keys, read_master_key
from tests.stack import Stack
from tests.support.erasing import FORMATS, HERE, OTHERS, TODAY, WEBHOOK, Erased, is_erased, is_kept, is_known
from tests.support.kafka import admit
from tests.support.planted import at_rest, is_in, logs, to_school
from tests.support.process import opened
from tests.support.receiver import receiving
from tests.support.whole_trust import WRITERS, WholeTrust, whole_trust
from tests.support.writer import TRUST, until
from verifier.history import Report

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def soon() -> Iterator[None]:
    """Keys are remembered for a second, not for a minute, and Kafka looks each second what it may delete."""
    often = {"log.retention.check.interval.ms": "500", "log.initial.task.delay.ms": "500"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "cached_seconds", 1.0)
        patch.setattr(keys, "under_way_seconds", 0.5)
        patch.setattr(broker, "KAFKA_SETTINGS", {**KAFKA_SETTINGS, **often})
        yield


@pytest.fixture(scope="module")
async def erased(
    stack: Stack, roles: Mapping[str, str], soon: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Erased]:
    """Somebody of whom every service knew, and pages told, is erased while fifty write about them."""
    async with whole_trust(stack) as trust, receiving(*[500] * 1_000) as hook:
        made = Erased(trust, hook, tmp_path_factory.mktemp("exports"))
        await admit(trust.kafka.bootstrap, HERE)
        async with trust.owning("collaboration") as connection:
            await connection.execute(WEBHOOK, uuid4(), HERE, hook.url())
        await is_known(made)
        await is_kept(made)
        made.told = await made.pages()
        made.vault = await _backup(trust)
        assert len(await at_rest(trust)) > len(WRITERS)
        assert sum((await made.chosen()).values()) > 1
        await is_erased(made)
        made.told_at_once = await made.pages()
        try:
            yield made
        finally:
            await made.leader.aclose()
            await made.auditor.aclose()


async def test_every_service_says_that_it_is_done(erased: Erased) -> None:
    told = await erased.trust.erasure(erased.erasure_id)

    assert erased.answers.keys() - {"unanswered"} == {"accepted", "person_erased"}
    assert await erased.writes() == ["person_erased"] * 2
    assert (told["complete"], told["waits_for"]) == (True, [])
    counted = {service: receipt["keys"] for service, receipt in told["receipts"].items()}
    assert counted == {"talent": 3, "cpd": 2, "collaboration": 3, "reporting": 0}
    assert all(told["receipts"][service]["cleared"] > 1 for service in WRITERS)


async def test_what_pages_told_before_they_say_was_erased_as_soon_as_it_is_done(erased: Erased) -> None:
    """Nothing remembers a text: neither for a minute, nor for the moment that a page is asked for."""
    assert {address for address, page in erased.told.items() if is_in(page.encode())} == erased.told.keys()
    assert {address for address, page in erased.told_at_once.items() if is_in(page.encode())} == set()
    assert {address for address, page in erased.told_at_once.items() if "erased" in page} == erased.told.keys()
    [registered] = [address.removesuffix("/reveal") for address in erased.told if address.endswith("/reveal")]
    page, rows = (
        await erased.leader.get(registered),
        await erased.leader.get(f"/reports/history.json?about={erased.person_id}"),
    )
    last = ceil(len(rows.json()["rows"]) / A_PAGE)  # the oldest stands first, and fifty have written
    history = await erased.leader.get(f"/people/{erased.person_id}/history?page={last}")
    assert (page.text.count(ERASED), "Person erased" in history.text) == (2, True)


async def test_the_name_can_be_read_nowhere(erased: Erased) -> None:
    for service in WRITERS:
        await _closes_segment(erased.trust, ingest_topic(service, HERE))
    await until(erased.rests_nowhere, seconds=60, why=lambda: str(erased.rests))

    told = await to_school(erased.trust, HERE)
    assert told.count(OTHERS.encode()) == told.count(ERASED.encode()) == 1
    logged = await logs(erased.trust)
    written = {Path(name).name for name, log in logged.items() if log}
    assert b"keys_remembered" in logged["services"]
    assert written >= {"services", "kafka.log"} | ({"postgres.log"} if erased.trust.stack.kind == "local" else set())


async def test_no_fingerprint_is_kept_of_what_was_ever_said(erased: Erased) -> None:
    kept: dict[str, list[str]] = {}
    for service in WRITERS:
        async with erased.trust.owning(service) as connection:
            said = await connection.fetch("select id, fingerprint from command where id = any($1)", list(erased.claims))
        assert said
        kept[service] = [erased.claims[row["id"]] for row in said if row["fingerprint"] is not None]
    assert kept == {service: [] for service in WRITERS}


async def test_what_is_exported_has_no_name_and_is_the_history_that_was_witnessed(erased: Erased) -> None:
    """Also what began before: it goes on, and ends where the logs ended then."""
    whole = await erased.exported("after.jsonl", "jsonl")
    resumed = {format_: await erased.exported(f"halfway.{format_}", format_) for format_ in FORMATS}
    lines = resumed["parquet"].with_suffix(".lines")
    lines.write_bytes(b"".join(map(as_line, events_of(resumed["parquet"]))))

    assert erased.reports[-1].count("Going on after") == 1
    assert {out for out in resumed.values() if not manifest_of(out).exists()} == set()
    assert {path for path in erased.exports.rglob("*") if path.is_file() and is_in(path.read_bytes())} == set()
    assert lines.read_bytes() == resumed["jsonl"].read_bytes()
    before = (erased.exports / "before.jsonl").read_bytes().splitlines()
    assert {*before} <= {*whole.read_bytes().splitlines()}
    for out in (whole, resumed["jsonl"]):
        assert _witnessed(await erased.verified(out)) == _witnessed(erased.before)
    erased.notes = await erased.signed()
    assert (await erased.verified(await erased.exported("now.jsonl", "jsonl"))).outcome == "whole"


async def test_a_school_hears_over_http_that_it_was_erased(erased: Erased) -> None:
    async with erased.trust.owning("collaboration") as connection:
        waits: int = await connection.fetchval("select count(*) from webhook_delivery")
        erased.hook.answers.clear()
        await connection.execute("update webhook_delivery set due_at = clock_timestamp()")

    async def hears() -> bool:
        return any(ERASED.encode() in got.body for got in erased.hook.got)

    await until(hears)
    assert waits > 1
    assert [got for got in erased.hook.got if is_in(got.body)] == []


async def test_who_asks_what_is_held_about_them_is_not_told_about_others_nor_what_was_erased(erased: Erased) -> None:
    with erased.trust.operated():
        for person_id in (UUID(erased.person_id), UUID(erased.other["person_id"])):
            given = package(await held(person_id, TRUST), person_id, uuid4(), TODAY)
            assert given.events > 1
            assert {name for name, content in given.files.items() if is_in(content)} == set()
            assert (b"erased" in given.files["events.jsonl"]) == (str(person_id) == erased.person_id)


async def test_read_models_that_are_built_again_are_the_same_and_tell_nothing(erased: Erased) -> None:
    async with opened(erased.trust.places["reporting"]) as process:
        built = [await rebuild(process.resources.pool, projection) for projection in all_projections]

    assert {(one.compared, one.differences, one.left_out) for one in built} == {(True, (), ())}
    assert sum(one.events for one in built) > 100
    given = await erased.given_out()
    assert {address for address, named in given.items() if named} == set()
    assert len(given) > 200


async def test_an_older_vault_brings_nothing_back(erased: Erased) -> None:
    await _restore(erased.trust, erased.vault)
    assert "talent: uk.mat.talent.PersonRegistered.v1 name" in await at_rest(erased.trust)

    await erased.trust.stop(*WRITERS)
    await erased.trust.start(*WRITERS)

    await until(erased.rests_nowhere, seconds=60, why=lambda: str(erased.rests))
    assert {address for address, page in (await erased.pages()).items() if is_in(page.encode())} == set()
    assert (await erased.verified(await erased.exported("restored.jsonl", "jsonl"))).outcome == "whole"


def _witnessed(report: Report | None) -> tuple[str, list[tuple[str, int, int]]]:
    assert report is not None
    return report.outcome, [(one.service, one.witnessed, one.holds) for one in report.verdicts]


async def _backup(trust: WholeTrust) -> bytes:
    async with trust.owning(VAULT) as connection:
        return await vault_file.dump(connection)


async def _restore(trust: WholeTrust, backup: bytes) -> None:
    """The vault as it was when the backup was made."""
    async with trust.owning(VAULT) as connection:
        await connection.execute("delete from subject_key")
        await vault_file.restore(connection, backup, read_master_key(trust.places["talent"].secrets.master_key_file))


async def _closes_segment(trust: WholeTrust, topic: str) -> None:
    """A record comes that is later than the topic's ten minutes."""
    at_ms = int((time.time() + 11 * 60) * 1000)
    async with AIOKafkaProducer(bootstrap_servers=trust.kafka.bootstrap) as producer:
        await producer.send_and_wait(topic, b"", timestamp_ms=at_ms)
