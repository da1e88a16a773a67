"""The catalogue of events and the list of refusals are those of the code, and say what is so."""

from __future__ import annotations

import pytest

from deploy.contracts import access, catalogue, refusals
from deploy.settings import ROOT
from shared.contracts import codec
from shared.contracts.vocabulary import Contract


def entry(name: str) -> list[str]:
    """The lines of an event in the kept catalogue."""
    _, _, rest = (ROOT / catalogue.PLACE).read_text(encoding="utf-8").partition(f"### {name}\n")
    return [line for line in rest.partition("\n##")[0].splitlines() if line.startswith("- ")]


def test_the_kept_catalogue_is_that_of_the_code() -> None:
    kept = (ROOT / catalogue.PLACE).read_text(encoding="utf-8")

    assert kept == catalogue.page(), "run: baton schema catalogue"


def test_the_kept_list_of_refusals_is_that_of_the_code() -> None:
    kept = (ROOT / refusals.PLACE).read_text(encoding="utf-8")

    assert kept == refusals.page(), "run: baton schema catalogue"


def test_the_kept_list_of_rights_is_that_of_the_code() -> None:
    kept = (ROOT / access.PLACE).read_text(encoding="utf-8")

    assert kept == access.page(), "run: baton schema catalogue"


@pytest.mark.parametrize("contract", codec.contracts.values(), ids=lambda contract: contract.service)
def test_every_event_is_in_the_catalogue(contract: Contract) -> None:
    for cls in contract.types.values():
        assert entry(cls.__name__), cls.__name__


def test_an_entry_says_where_it_stands_who_listens_and_whom_it_is_about() -> None:
    assert entry("PersonRegistered")[1:] == [
        "- stream: `person-{person_id}`",
        "- heard by: cpd, collaboration, reporting (`people`)",
        "- people: `person_id`",
        "- personal: `name`, sealed for `person_id`",
        "- personal: `email`, sealed for `person_id`",
        "- personal: `trn`, sealed for `person_id`",
    ]


def test_an_event_that_a_read_model_looks_at_names_it() -> None:
    assert "reporting (`register`)" in entry("SchoolJoinedTrust")[2]
    assert "talent, cpd, collaboration" in entry("SchoolJoinedTrust")[2]
