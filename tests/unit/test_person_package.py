"""What a person is given of what is held about them: theirs, whole, and nothing of anybody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest

from deploy.person.held import Event, Held, opened
from deploy.person.package import EVENTS, MANIFEST, READ_ME, Package, package
from deploy.person.reading import SUBJECTS
from deploy.person.redacting import WHY
from services.reporting.history.about import about, kind_of
from services.reporting.history.events import Found
from shared.contracts import codec
from shared.contracts.collaboration.one_to_ones import OneToOneHeld
from shared.contracts.cpd.programmes import PioneerVisitArranged, PioneerVisitReported
from shared.contracts.talent.bookkeeping import ReactionRefused
from shared.contracts.talent.deployments import DeploymentEnded
from shared.contracts.talent.leaders import LeaderIdentified
from shared.contracts.talent.personal_data import LegalHoldPlaced
from shared.contracts.talent.register import LineManagerAssigned, PersonRegistered
from shared.messaging import Delivered
from shared.vault import Keys
from tests.support.key_ring import KeyRing
from tests.support.story import TRUST, Story, named

ADA, BEN, CARA = (named(name) for name in ("Ada", "Ben", "Cara"))
REQUEST = named("request")
NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
ASKED = date(2026, 11, 9)


class World:
    """A trust's events, and what of them is about Ada."""

    def __init__(self) -> None:
        self.ring = KeyRing()
        self.story = Story(NOW, sealer=self.ring)
        self.events: list[Event] = []

    def tells(self, event: Any, stream: str, *also: UUID, is_void: bool = False) -> Delivered:
        """Of an event that names nobody, `also` says whom its stream is about."""
        delivered = self.story.tell(event, stream)
        names = about(event)
        row = {"meta": delivered.meta, "record": delivered.record, "logindex": delivered.logindex}
        found = Found.of({**row, "visible_at": NOW, "about": names, "urn": delivered.envelope.urn})
        people = frozenset(name for name in names or () if kind_of(name) == "person") | {str(one) for one in also}
        self.events.append(Event(found, people, is_void))
        return delivered

    def package(self) -> Package:
        keys = Keys(self.ring.keys, frozenset(self.ring.erased))
        held = Held(
            trustuid=TRUST,
            entries=frozenset({str(ADA)}),
            others=frozenset({str(BEN), str(CARA)}),
            schools={"900001": "Highfields Primary"},
            position={"talent": 12},
            at=NOW,
            events=[opened(one, keys) for one in self.events],
        )
        return package(held, ADA, REQUEST, ASKED)


def registered(person_id: UUID, name: str) -> PersonRegistered:
    return PersonRegistered(person_id=person_id, trustuid=TRUST, source="mis", staff_ref="S-1", name=name)


@pytest.fixture
def world() -> World:
    made = World()
    made.tells(registered(ADA, "Ada <Lovelace> & Söhne"), f"person-{ADA}")
    made.tells(
        LineManagerAssigned(person_id=ADA, manager_id=BEN, from_on=date(2026, 9, 1)), f"person-{ADA}", is_void=True
    )
    made.tells(
        LeaderIdentified(
            leader_id=ADA,
            person_id=ADA,
            urn="900001",
            identified_by=BEN,
            source="nomination",
            ambition="headship",
            evidence="Led the reading project.",
        ),
        f"leader-{ADA}",
    )
    one_to_one = named("one-to-one")
    made.tells(
        OneToOneHeld(
            one_to_one_id=one_to_one,
            leader_id=CARA,
            manager_id=ADA,
            template="termly",
            version=1,
            content="Cara's own words.",
            held_on=date(2026, 10, 1),
        ),
        f"one-to-one-{one_to_one}",
    )
    visit = named("visit")
    arranged = PioneerVisitArranged(
        visit_id=visit, trustuid=TRUST, host="Elsewhere", visitor_ids=(ADA, CARA), focus="x", visit_on=date(2026, 10, 2)
    )
    made.tells(arranged, f"visit-{visit}")
    reported = PioneerVisitReported(visit_id=visit, learning="Cara learnt it.", reported_on=date(2026, 10, 3))
    made.tells(reported, f"visit-{visit}", ADA, CARA)
    made.tells(
        DeploymentEnded(
            deployment_id=named("deployment"),
            person_id=ADA,
            ended_on=date(2026, 10, 4),
            outcome="green",
            impact="Reading rose.",
        ),
        f"deployment-{named('deployment')}",
    )
    made.tells(
        LegalHoldPlaced(person_id=ADA, hold_id=named("hold"), basis="tribunal", reason="Our solicitor says so."),
        f"personal-data-{ADA}",
    )
    refused = ReactionRefused(
        reaction="bank_experience",
        fact_id=named("fact"),
        fact_type="x",
        target=f"leader-{BEN}",
        code="no_record",
        message="Open a record first.",
    )
    made.tells(refused, f"refused-{ADA}", ADA)
    return made


def lines(made: Package) -> Mapping[str, Any]:
    """The events by the name of their class."""
    found = [json.loads(line) for line in made.files[EVENTS].splitlines()]
    return {line["type"].split(".")[3]: line for line in found}


def test_their_own_texts_are_given(world: World) -> None:
    given = lines(world.package())

    assert given["PersonRegistered"]["data"]["name"] == "Ada <Lovelace> & Söhne"
    assert given["LeaderIdentified"]["data"]["evidence"] == "Led the reading project."
    assert given["DeploymentEnded"]["data"]["impact"] == "Reading rose."  # its stream's text, and about them alone
    assert given["PersonRegistered"]["withheld"] == {}


def test_what_is_not_theirs_is_withheld_with_the_reason(world: World) -> None:
    made = world.package()
    given = lines(made)

    assert {name: line["withheld"] for name, line in given.items() if line["withheld"]} == {
        "OneToOneHeld": {"content": "another_person"},
        "PioneerVisitReported": {"learning": "several_people"},
        "LegalHoldPlaced": {"reason": "legal_advice"},
    }
    assert (made.events, made.withheld) == (9, 3)
    for text in (b"Cara's own words", b"Cara learnt it", b"Our solicitor"):
        assert all(text not in content for content in made.files.values())


def test_nobody_elses_id_is_in_it_and_each_is_the_same_person_throughout(world: World) -> None:
    made = world.package()
    given = lines(made)

    assert all(str(other).encode() not in content for other in (BEN, CARA) for content in made.files.values())
    ben = given["LineManagerAssigned"]["data"]["manager_id"]
    assert ben == given["LeaderIdentified"]["data"]["identified_by"] == "another person (1)"
    assert given["ReactionRefused"]["data"]["target"] == f"leader-{ben}"
    assert given["PioneerVisitArranged"]["data"]["visitor_ids"] == [str(ADA), "another person (2)"]
    assert b"sealed:" not in b"".join(made.files.values())


def test_what_is_void_says_so(world: World) -> None:
    made = world.package()

    assert [name for name, line in lines(made).items() if line["is_void"]] == ["LineManagerAssigned"]
    assert made.files[READ_ME].decode().count("no longer counts") == 1


def test_an_erased_text_one_whose_key_is_lost_and_one_that_was_changed_are_told_apart(world: World) -> None:
    lost = world.events[-3].found.stream
    del world.ring.keys[f"stream:{lost}"]
    world.ring.erase(f"person:{ADA}")
    made = world.package()

    assert lines(made)["PersonRegistered"]["withheld"] == {"name": "erased"}
    assert lines(made)["DeploymentEnded"]["withheld"] == {"impact": "key_lost"}
    assert (made.withheld, made.lost) == (6, 1)
    page = made.files[READ_ME].decode()
    assert (page.count(WHY["erased"]), page.count(WHY["key_lost"])) == (2, 1)


class Headings(HTMLParser):
    """The headings of a page, its rows, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {tag: [] for tag in ("h2", "h3", "p", "dt", "dd", "td")}
        self._tag = ""
        self.feed(page)

    def handle_starttag(self, tag: str, _: Any) -> None:
        self._tag = tag
        if tag in self.found:
            self.found[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._tag:
            self._tag = ""

    def handle_data(self, text: str) -> None:
        if self._tag in self.found:
            self.found[self._tag][-1] += text


def test_the_page_says_it_in_words_by_subject(world: World) -> None:
    read = Headings(world.package().files[READ_ME].decode()).found

    assert read["h2"] == [
        "Who you are to the trust, and where you work",
        "Leading: being seen as a leader, readiness, projects",
        "Deployments to other schools",
        "Training: programmes, sessions, bookings",
        "One-to-ones",
        "Your rights: holds, erasures, and what you were given",
        "What was put right, and who was shown what",
        "What is not given",
    ]
    assert "Leader identified, 16 November 2026" in read["h3"]
    assert any(text.endswith("At Highfields Primary.") for text in read["p"])
    said = list(zip(read["dt"], read["dd"], strict=True))
    assert ("Name", "Ada <Lovelace> & Söhne") in said
    assert ("Manager", "another person (1)") in said
    assert ("Identified by", "another person (1)") in said
    assert ("Learning", "withheld, see below") in said
    assert read["td"][:3] == ["One-to-one held", "16 November 2026", "Content"]


def test_the_manifest_has_each_files_hash_and_stands_for_the_package(world: World) -> None:
    made = world.package()
    manifest = json.loads(made.files[MANIFEST])

    assert manifest["files"] == {name: sha256(made.files[name]).hexdigest() for name in (EVENTS, READ_ME)}
    assert made.sha256 == sha256(made.files[MANIFEST]).hexdigest()
    assert (manifest["events"], manifest["withheld"], manifest["position"]) == (9, 3, {"talent": 12})
    assert (manifest["request_id"], manifest["requested_on"]) == (str(REQUEST), "2026-11-09")


def test_every_event_there_is_has_a_heading() -> None:
    modules = {
        cls.__module__.removeprefix("shared.contracts.")
        for contract in codec.contracts.values()
        for cls in contract.types.values()
    }

    assert modules == SUBJECTS.keys()
