"""What a page's form posts, taken from this site's own pages only.

A browser sends a session's cookie (`SameSite=Lax`) with no POST from another site. Pages of a sibling host are the same
site to it, so the request itself has to say that it comes from here: by `Sec-Fetch-Site`, which browsers send to every
address with TLS and to this machine, or else by `Origin`, which they send with every POST. No page can set or drop
either, and a request with neither comes from no browser. So no form needs a token of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import Request

from shared.problems import Problem

_largest_bytes = 256 * 1024
_most_fields = 1_000
_form = "application/x-www-form-urlencoded"

Posted = Mapping[str, list[str]]


def check_from_here(request: Request) -> None:
    """What a page of this site asks for, and no other's.

    Raises:
        Problem: it comes from another site (`cross_site`).
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    same_host = origin.partition("://")[2] == request.headers.get("host", "")
    if not (same_host if site is None else site == "same-origin"):
        raise Problem(403, "cross_site", "A form is sent from this site's own pages: open the page again.")


async def posted(request: Request) -> Posted:
    """The texts of each field.

    Raises:
        Problem: it comes from another site (`cross_site`), is no form, or is too large.
    """
    check_from_here(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _form:
        raise Problem(400, "not_a_form", f"Send a form as {_form}.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _largest_bytes:
            raise Problem(413, "too_large", f"At most {_largest_bytes // 1024} KiB are taken in one form.")
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_most_fields)
    except ValueError:
        raise Problem(400, "not_a_form", "This form cannot be read: open the page again.") from None


def one(form: Posted, name: str) -> str:
    """A field's text; of several the first, and of none an empty one."""
    return form.get(name, [""])[0]


def local(address: str) -> str:
    """An address of this site to go on to; the first page in the place of one that leads elsewhere."""
    elsewhere = not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable()
    return "/" if elsewhere else address
