"""When post goes out, and where it is handed over."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.reporting.config import Settings
from services.reporting.london import london
from services.reporting.post.mail import Server
from services.reporting.post.morning import latest_morning

TOLD = {"port": 1, "dsn": "d", "vault_dsn": "v", "kafka": "k", "master_key_file": Path(), "issuer_key_file": Path()}
MAIL = {"smtp": "smtps://baton:s3cret@mail.example", "post_from": "baton@trust.example"}


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-23T07:00", date(2026, 11, 23)),
        ("2026-11-23T06:59", date(2026, 11, 20)),  # the Friday before
        ("2026-07-06T07:00", date(2026, 7, 6)),  # by the clock on the wall
        ("2026-12-28T12:00", date(2026, 12, 24)),  # Boxing Day is kept on the Monday
    ],
)
def test_post_goes_out_on_the_mornings_of_working_days(now: str, day: date) -> None:
    assert latest_morning(datetime.fromisoformat(now).replace(tzinfo=london)) == day


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 25, "smtp")),
        ("smtps://mail.example", Server("mail.example", 465, "smtps")),
        ("smtp+starttls://a%40b:p%2Fw@mail.example", Server("mail.example", 587, "smtp+starttls", "a@b", "p/w")),
        ("smtp://127.0.0.1:8025", Server("127.0.0.1", 8025, "smtp")),
    ],
)
def test_a_mail_servers_address(address: str, server: Server) -> None:
    assert Server.at(address) == server


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"smtp": "https://baton:s3cret@mail.example"}, "begins with one of smtp://"),
        ({"smtp": "smtp://baton:s3cret@mail.example"}, "a password goes only through smtps://"),
        ({}, "letters need BATON_POST_FROM and BATON_PUBLIC_ADDRESS as well"),
        ({"public_address": "baton.example"}, "public_address"),
        ({"post_from": "s3cret nobody"}, "post_from"),
    ],
)
def test_a_wrong_setting_says_why_without_the_password(more: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        Settings.model_validate({**TOLD, **MAIL, **more})
    assert "s3cret" not in str(refused.value)


def test_without_a_mail_server_nothing_else_is_needed() -> None:
    assert Settings.model_validate(TOLD).smtp is None
