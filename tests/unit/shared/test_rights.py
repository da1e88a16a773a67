"""The one table of rights: what each role may do, where, and what nobody may."""

from __future__ import annotations

from typing import get_args

import pytest

from shared.identity import Deed, Principal, Role, can, reach
from shared.identity.rights import RIGHTS

TRUST, OTHER = "99001", "99002"
OWN, NOT_OWN = "900001", "900002"


def somebody(*roles: Role) -> Principal:
    return Principal("x", frozenset(roles), TRUST, frozenset({OWN}))


def test_every_deed_is_in_the_table_and_every_role_in_it_is_one() -> None:
    assert set(RIGHTS) == set(get_args(Deed))
    assert {role for reaches in RIGHTS.values() for role in reaches} == set(get_args(Role))


@pytest.mark.parametrize("deed", get_args(Deed))
def test_nobody_but_a_service_and_an_operator_reaches_beyond_their_trust(deed: Deed) -> None:
    far = {role for role in get_args(Role) if can(somebody(role), deed, trustuid=OTHER)}

    assert far <= {"service", "operator"}


def test_a_leader_of_a_school_reads_the_own_school_and_nobody_elses() -> None:
    head = somebody("school_leader")

    asked = [(TRUST, OWN), (TRUST, NOT_OWN), (TRUST, None), (OTHER, OWN)]
    assert [can(head, "read_reports", trustuid=trust, urn=urn) for trust, urn in asked] == [True, False, False, False]


def test_who_may_look_at_what() -> None:
    def may(deed: Deed) -> set[Role]:
        return {role for role in get_args(Role) if reach(somebody(role), deed)}

    assert may("read_reports") == {"trust_leader", "school_leader", "auditor"}
    assert may("see_judgements") == may("read_people") == may("read_reports") | {"hr"}
    assert may("read_texts") == {"trust_leader", "school_leader"}
    assert may("reveal") == {"auditor"}
    assert may("hear_positions") == may("read_people") | {"operator"}
    assert may("read_log") == {"service", "auditor"}
    assert may("see_data_rights") == {"auditor", "hr", "trust_leader"}
    assert may("read_proofs") == {"service", "auditor", "operator", "trust_leader"}


def test_of_several_roles_the_one_counts_that_reaches_furthest() -> None:
    assert reach(somebody("school_leader", "auditor"), "read_reports") == "trust"
    assert reach(somebody("school_leader", "operator"), "read_reports") == "own_schools"
    assert reach(somebody(), "read_reports") is None
