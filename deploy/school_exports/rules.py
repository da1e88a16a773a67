"""What a line of an export is held against: the doors' own reading and shapes, and what a whole export can be asked."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from deploy.school_exports import advice
from deploy.school_exports.finding import Finding, Place
from deploy.school_exports.lines import Line, item, service_of
from deploy.school_exports.order import Order
from shared.decider import NotYet, Rejected
from shared.eventstore import Act, CommandKey, Context
from shared.intake.claims import Admission, Admissions, Claim, ClaimRefused
from shared.intake.door import check_not_long_ago, check_not_to_come
from shared.intake.people import references, with_anybody
from shared.intake.reading import Unreadable
from shared.problems import pointer

_DAY = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}(T.*)?")
_LONG_AGO, _FAR_AHEAD = 80, 20  # years: a working life, and what anybody plans for


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Whose export it is.

    Attributes:
        urns: the schools that it may speak for; None: that is not looked at.
        now: what is later than this lies in the future.
    """

    urns: frozenset[str] | None
    trustuid: str
    now: datetime


class Rules:
    """Looks at one line after the other, and remembers what it needs of them."""

    def __init__(self, admissions: Admissions, speaker: Speaker) -> None:
        self._admissions = admissions
        self._speaker = speaker
        self._ids: dict[tuple[str, str], tuple[Place, bytes]] = {}
        self.order = Order(speaker.now)

    def of(self, place: Place, line: Line) -> Iterator[Finding]:
        """All that is wrong with a line, and with those before it that rest on it."""
        if line.raw.startswith(codecs.BOM_UTF8):
            wrong = "The file begins with a byte order mark."
            yield _finding(place, "", "not_json", wrong, "Save it as UTF-8 without one.")
            line = replace(line, raw=line.raw.removeprefix(codecs.BOM_UTF8))
        read = item(line)
        if isinstance(read, Unreadable):
            yield _refused(place, read.refusal, advice.of_refusal(read.refusal))
            return
        yield from self._id(place, read)
        yield from self._scope(place, read)
        yield from self._dates(place, read)
        admission = self._admissions.get(read.type)
        if admission is None:
            yield self._type(place, read.type)
        else:
            yield from self._data(place, read, admission)

    def _id(self, place: Place, claim: Claim) -> Iterator[Finding]:
        """Ids of a source are given once: the same id says the same again, or it is refused."""
        content = sha256(claim.content).digest()
        first, known = self._ids.setdefault((claim.source, claim.id), (place, content))
        if first == place:
            return
        at = first.seen_from(place)
        if known == content:
            again = "Nothing has to be done: it is answered as a duplicate."
            yield _remark(place, "/id", "duplicate", f"This is {at} again.", again)
        else:
            wrong = f"This id stands at {at} with other content."
            yield _finding(place, "/id", "id_reused", wrong, "Give each event an id of its own, and keep it for ever.")

    def _scope(self, place: Place, claim: Claim) -> Iterator[Finding]:
        if self._speaker.urns is None:
            return
        named = [(f"/data{pointer(p)}", urn) for p, urn in _texts(claim.data, ()) if p[0] in ("urn", "urns")]
        in_data = {urn for _, urn in named}
        named += [("/urn", urn) for urn in sorted(claim.urns - in_data)]  # the attribute says who speaks
        for at, urn in named:
            if urn not in self._speaker.urns:
                do = "Let that school's own system say it, or be admitted for that school."
                yield _finding(place, at, "not_your_school", "This is another school's.", do)
        admission = self._admissions.get(claim.type)
        if admission is not None and admission.trust_only:
            yield _finding(
                place, "/type", "trust_only", "Only the trust itself can say this.", "Leave it to the trust."
            )

    def _dates(self, place: Place, claim: Claim) -> Iterator[Finding]:
        """What has not happened yet; and days that are right in form and hardly meant."""
        try:
            check_not_to_come(claim, self._speaker.now)
        except ClaimRefused as refusal:
            yield _refused(place, refusal, "Check the clock and the zone.")
        for path, text in _texts(claim.data, ()):
            found = _DAY.fullmatch(text)
            if found and not -_LONG_AGO <= int(found[1]) - self._speaker.now.year <= _FAR_AHEAD:
                at = f"/data{pointer(path)}"
                yield _remark(place, at, "unlikely_date", "This is a year that is hardly meant.", "Check it.")

    def _type(self, place: Place, type_name: str) -> Finding:
        do = advice.of_type(type_name, self._admissions.keys())
        if service_of(type_name) is None:
            return _finding(place, "/type", "unknown_type", "No service takes this type.", do)
        wrong = "This type is not known: a service would keep it, and wait."
        return replace(_finding(place, "/type", "unknown_type", wrong, do), weight="parked")

    def _data(self, place: Place, claim: Claim, admission: Admission) -> Iterator[Finding]:
        """The shape of its data; where that is right, what it rests on and what rests on it."""
        said = admission.newest(claim.data)
        data = with_anybody(said, admission.shape)
        faults = admission.faults(data)
        for fault in faults:
            do = advice.of_fault(fault.kind)
            yield _finding(place, f"/data{fault.field}", "invalid", f"{fault.message}.", do)
        if faults:
            return
        act = None
        try:
            act = self._act(claim, admission, data)
        except Rejected as refusal:
            yield _refused(place, refusal, "")
        named = references(said, admission.shape, self._speaker.trustuid)
        yield from self.order.note(place, act, [(f"/data{field}", person.stream) for field, person in named])

    def _act(self, claim: Claim, admission: Admission, data: Mapping[str, Any]) -> Act | None:
        """What a service would decide; None where that needs its own view of the register.

        Raises:
            Rejected: it is refused whatever happened before.
        """
        if admission.look_up is not None:
            return None
        context = self._context(claim)
        try:
            act = admission.to_act(admission.check(data), context)
        except NotYet:
            return None
        except Rejected as refusal:
            at = None if refusal.field is None else f"/data{refusal.field}"
            raise Rejected(refusal.code, refusal.message, field=at) from None
        check_not_long_ago(context, act, self._speaker.now)
        return act

    def _context(self, claim: Claim) -> Context:
        speaker = self._speaker
        return Context(
            key=CommandKey(min(speaker.urns or {speaker.trustuid}), claim.source, claim.id),
            trustuid=speaker.trustuid,
            actor="export",
            claim=b"",
            correlation_id=claim.id,
            happened_at=claim.happened_at,
            urns=speaker.urns,
        )


def _texts(content: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    match content:
        case str():
            yield path, content
        case dict():
            for name, inner in content.items():
                yield from _texts(inner, (*path, name))
        case list():
            for number, inner in enumerate(content):
                yield from _texts(inner, (*path, number))
        case _:
            pass


def _refused(place: Place, refusal: Rejected, do: str) -> Finding:
    return _finding(place, refusal.field or "", refusal.code, refusal.message, do)


def _finding(place: Place, at: str, code: str, wrong: str, do: str) -> Finding:
    return Finding(place=place, pointer=at, weight="refused", code=code, wrong=wrong, do=do)


def _remark(place: Place, at: str, code: str, wrong: str, do: str) -> Finding:
    return replace(_finding(place, at, code, wrong, do), weight="remark")
