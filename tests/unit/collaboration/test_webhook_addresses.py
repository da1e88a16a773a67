"""Where a webhook may lead: to public addresses over https, and nowhere inside, however it is written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from services.collaboration.telling.webhooks.addresses import Unfit, checked, is_fit


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
        *("224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
        *("::127.0.0.1", "fec0::1", "64:ff9b:1::7f00:1"),
    ],
)
def test_no_address_inside_may_be_called(address: str) -> None:
    assert not is_fit(ip_address(address), loopback=False)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_a_public_address_may_be_called(address: str) -> None:
    assert is_fit(ip_address(address), loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        *("", "nonsense", "ftp://mis.example/", "file:///etc/passwd", "https://", "http://mis.example/"),
        *("https://user:secret@mis.example/", "https://mis.example/#part", "https://mis.example:99999999/"),
        "http://localhost.mis.example/",
    ],
)
def test_a_url_that_leads_elsewhere_is_not_taken(url: str) -> None:
    with pytest.raises(Unfit):
        checked(url, loopback=True)


@pytest.mark.parametrize("url", ["https://mis.example/hooks?a=1", "https://mis.example:8443", "http://localhost:8080/"])
def test_any_other_is(url: str) -> None:
    assert checked(url, loopback=True).host in url


def test_in_production_this_machine_is_not_called() -> None:
    with pytest.raises(Unfit):
        checked("http://localhost:8080/", loopback=False)
    assert is_fit(ip_address("127.0.0.1"), loopback=True)
    assert is_fit(ip_address("::1"), loopback=True)
