"""The list of refusals is read from the source: literals, helpers that are given them, nothing that is handed on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.description import WRITERS
from shared.documents.refusals import Refusal, refusals_of
from shared.writer import answering

Read = Callable[[str], set[tuple[str, int, str]]]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """The refusals of a module with this source: code, status, message."""

    def read_source(source: str) -> set[tuple[str, int, str]]:
        folder = tmp_path / "services"
        folder.mkdir(exist_ok=True)
        (folder / "a_module_to_read.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(str(folder))
        sys.modules.pop("a_module_to_read", None)
        return {(r.code, r.status, r.message) for r in refusals_of(["a_module_to_read"])}

    return read_source


def test_a_refusal_with_its_literals(read: Read) -> None:
    assert read('raise Rejected("too_late", "Come earlier.", field="/on")') == {("too_late", 422, "Come earlier.")}
    assert read('ClaimRefused("not_json", f"Broken: {why}.")') == {("not_json", 400, "Broken: ….")}
    assert read('raise Problem(404, "gone", "Look elsewhere.")') == {("gone", 404, "Look elsewhere.")}
    assert read('raise problems.Problem(404, "gone", "No.")') == {("gone", 404, "No.")}
    assert read('NotYet("school_unknown", "It waits.", waits_for=x)') == {("school_unknown", 202, "It waits.")}
    assert read('Rejected(code="too_late", message="Come earlier.")') == {("too_late", 422, "Come earlier.")}
    assert read('Outcome("conflict", code="version_conflict", message="Again.")') == {
        ("version_conflict", 409, "Again.")
    }


def test_a_text_that_has_a_name(read: Read) -> None:
    assert read('def f():\n    why = "Come earlier."\n    raise Rejected("late", why)') == {
        ("late", 422, "Come earlier.")
    }
    assert read('LATE = "late"\ndef f():\n    raise Rejected(LATE, "a" if x else "b")') == {
        ("late", 422, "a"),
        ("late", 422, "b"),
    }


def test_a_text_that_a_function_gives(read: Read) -> None:
    source = (
        "def why():\n    if x:\n        return 'a'\n    return None\n"
        "def f():\n    said = why()\n    raise Rejected('late', said)"
    )

    assert read(source) == {("late", 422, "a")}


def test_a_helper_that_is_given_them(read: Read) -> None:
    helper = "def check(day, code, message):\n    raise Rejected(code, message)\n"

    assert read(helper + "check(1, 'early', 'Wait.')\ncheck(2, 'late', message='Hurry.')") == {
        ("early", 422, "Wait."),
        ("late", 422, "Hurry."),
    }


def test_what_is_handed_on_is_listed_where_it_comes_from(read: Read) -> None:
    assert read("raise Rejected(refusal.code, refusal.message)") == set()
    assert read("def f():\n    code = outcome.code or 'refused'\n    raise Problem(422, code, message)") == set()
    assert read('Outcome("accepted", streams={})') == set()


def test_what_cannot_be_read_is_an_error(read: Read) -> None:
    with pytest.raises(TypeError, match="sentence cannot be read: give a refusal its code and its message"):
        read('def f():\n    raise Rejected("late", sentence)')


@pytest.mark.parametrize("service", [writer.name for writer in WRITERS])
def test_every_refusal_of_a_service_says_what_to_do(service: str) -> None:
    for refusal in refusals_of([f"services.{service}", *answering]):
        assert refusal.message.rstrip("…"), refusal
        assert refusal.message[0].isupper() or refusal.message[0] in "`…", refusal
        assert refusal.code.replace("_", "").isalnum(), refusal
        assert refusal.code == refusal.code.lower(), refusal


def test_a_rule_is_named_by_its_module() -> None:
    assert Refusal(
        "manages_self",
        422,
        "Name another person: nobody is their own line manager.",
        "services/talent/domain/person.py",
    ) in refusals_of(["services.talent"])
