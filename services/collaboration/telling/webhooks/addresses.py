"""Where a webhook may lead: to a public address over https, whatever its name resolves to at the moment of posting.

A name is resolved once for a request, and the request goes to that address: who answers differently the second time
gains nothing. All addresses of a name have to be fit, or none is taken.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

_nat64 = IPv6Network("64:ff9b::/96")
_unicast = IPv6Network("2000::/3")
"""Of what IPv6 has, all that is given out for the public. `is_global` also takes what once had a meaning inside."""
_longest = 2_000
_https, _ports = 443, 65_536


class Unfit(ValueError):
    """A webhook does not lead where one may; the message says why."""


def checked(url: str, *, loopback: bool) -> httpx.URL:
    """A webhook's URL, as far as can be seen without asking what its name resolves to.

    Args:
        loopback: whether http and this machine's own addresses are allowed, as on a developer's machine.

    Raises:
        Unfit: saying what is wrong with it.
    """
    try:
        found = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise Unfit("it is no URL") from None
    if found.scheme not in ("https", "http") or not found.host:
        raise Unfit("it has to begin with https:// and name a host")
    if found.scheme == "http" and not (loopback and found.host in ("localhost", "127.0.0.1", "::1")):
        raise Unfit("it has to begin with https://, so that nobody on the way reads along")
    if found.userinfo or found.fragment:
        raise Unfit("it may hold neither a user and password nor a fragment")
    if not 0 < (found.port or _https) < _ports:
        raise Unfit("it names a port that there is not")
    if len(url) > _longest:
        raise Unfit(f"it is longer than {_longest} characters")
    return found


async def resolved(url: httpx.URL, *, loopback: bool) -> str:
    """The one address that a request to this URL goes to.

    Raises:
        Unfit: the name is not known, or one of its addresses may not be called.
    """
    host = url.raw_host.decode()
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, url.port or _https, type=socket.SOCK_STREAM)
    except OSError:
        raise Unfit("its name does not resolve") from None
    addresses = [ip_address(str(address[4][0]).partition("%")[0]) for address in found]
    if not addresses or not all(is_fit(address, loopback=loopback) for address in addresses):
        raise Unfit("its name leads to an address that is not public")
    return str(addresses[0])


def is_fit(address: IPv4Address | IPv6Address, *, loopback: bool) -> bool:
    """Whether an address is public, or this machine's own where that is allowed."""
    meant = _meant_by(address)
    if loopback and meant.is_loopback:
        return True
    if isinstance(meant, IPv6Address) and (meant.sixtofour or meant.teredo or meant not in _unicast):
        return False  # who wraps an IPv4 address today has something to hide
    return meant.is_global and not meant.is_multicast


def _meant_by(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _nat64 else address
