"""The pipeline behind both doors: who may say what, decided by the service's own rules, answered and remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from shared.clock import Clock
from shared.decider import NotYet, Rejected
from shared.eventstore import Act, CommandKey, Context, EventStore, Outcome, answered, execute
from shared.eventstore.receipts import forget_fingerprints, publish_again
from shared.intake import keeping
from shared.intake.claims import Admission, Admissions, Claim, ClaimRefused
from shared.intake.erased import ERASED, ErasedPeople
from shared.intake.parking import Parked, Parking
from shared.intake.people import Known, People, PersonUnknown, Speaker, WorksNowhereYet, with_anybody
from shared.intake.reading import Item, Unreadable
from shared.intake.senders import Said, Sender, placed
from shared.problems import count_refusal
from shared.vault import Vault

longest_wait = timedelta(hours=24)
brought_back_at_once = 500
forget_every = timedelta(minutes=10)
clock_skew = timedelta(minutes=5)
longest_ago = timedelta(days=366)


class Intake:
    """One service's intake.

    Args:
        admissions: how each type of claim is taken in; any other type is parked.
        people: finds the people that claims name.
        trusts_of: the trusts that schools belong to now, as far as this service has heard.
        wake: called when something was appended.
    """

    def __init__(
        self,
        store: EventStore,
        vault: Vault,
        clock: Clock,
        admissions: Admissions,
        people: People,
        trusts_of: Callable[[Collection[str]], Awaitable[Mapping[str, str]]],
        wake: Callable[[], None],
    ) -> None:
        self.store = store
        self.parking = Parking(store, vault)
        self._vault = vault
        self._clock = clock
        self.admissions = admissions
        self._people = people
        self._erased = ErasedPeople(vault, people, trusts_of)
        self._trusts_of = trusts_of
        self._wake = wake
        self._forgot_at = clock.now()

    async def take(self, said: Sequence[Said], *, dry_run: bool = False) -> list[tuple[str, Outcome]]:
        """Answer claims, in their order: each one's id and its answer. A dry run only says what it would be."""
        said, before = await placed(self.store, self._trusts_of, said, self._clock.now())
        acts = await self._acts(said)
        if dry_run:
            outcomes = await execute(self.store, self._vault, self._clock, acts, dry_run=True)
        else:
            outcomes = await self._refuse_erased(said, await self._execute(acts))
            if before:  # who goes on under another URN reads there, too, what it was answered
                await publish_again(self.store, before)
            await self.keep_refused(zip(said, outcomes, strict=True))
            await self.parking.keep(
                [
                    self._parked(sender, item, outcome)
                    for (sender, item), outcome in zip(said, outcomes, strict=True)
                    if outcome.status == "parked" and isinstance(item, Claim)
                ]
            )
        return [(item.id, outcome) for (_, item), outcome in zip(said, outcomes, strict=True)]

    async def keep_refused(self, answers: Iterable[tuple[Said, Outcome]]) -> None:
        """Keep, for a while, what was refused: as it came. Of whom was erased nothing is kept."""
        refused = [
            ((sender, item), keeping.Refused(_key(sender, item), outcome.code or "refused", item.came))
            for (sender, item), outcome in answers
            if outcome.status == "refused" and outcome.code != ERASED.code and item.came
        ]
        erased = await self._erased.named_in([one for one, _ in refused])
        kept = [one for place, (_, one) in enumerate(refused) if place not in erased]
        await keeping.keep(self.store.pool, self._vault, kept, self._clock.now())
        await forget_fingerprints(self.store.pool, [refused[place][1].key for place in erased])

    async def _refuse_erased(self, said: Sequence[Said], outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The answers, where what would wait and names somebody who was erased is refused."""
        waiting = [number for number, outcome in enumerate(outcomes) if outcome.status == "parked"]
        erased = [waiting[place] for place in await self._erased.named_in([said[number] for number in waiting])]
        acts = [answered(_context(*said[number], redrive=True), ERASED) for number in erased]
        refused = dict(zip(erased, await self._execute(acts), strict=True))
        return [refused.get(number, outcome) for number, outcome in enumerate(outcomes)]

    async def forget_kept(self) -> None:
        """Forget, now and then, what was kept of refused claims for long enough."""
        now = self._clock.now()
        if now - self._forgot_at > forget_every:
            self._forgot_at = now
            await keeping.forget_old(self.store.pool, now)

    async def bring_back(self, parked: Sequence[Parked]) -> list[Outcome]:
        """Decide parked claims again; those that still have to wait, or lost a race, stay parked."""
        waited = [_restored(p) for p in parked]
        said, _ = await placed(self.store, self._trusts_of, waited, self._clock.now(), redrive=True)
        outcomes = await self._execute(await self._acts(said, redrive=True))
        await self._release(parked, outcomes)
        return outcomes

    async def look_after_parked(self) -> None:
        """Bring back the claims that need not wait any more, and refuse those that have waited for too long."""
        beginning = self.parking.at_beginning
        async for parked in self._batches(await self.parking.arrived(self.admissions)):
            await self.bring_back(parked)
        if not beginning:
            return
        refusal = "What this waited for did not come within 24 hours."
        async for late in self._batches(await self.parking.waiting_since(self._clock.now() - longest_wait)):
            acts = [answered(_context(*_restored(p), redrive=True), Rejected(p.code, refusal)) for p in late]
            await self._release(late, await self._execute(acts))

    async def refuse_parked(self, those: Callable[[Parked], bool], refusal: Rejected) -> list[CommandKey]:
        """Refuse some of the claims that wait, for good; under which keys they were."""
        late = [parked for parked in await self.parking.all() if those(parked)]
        for at in range(0, len(late), brought_back_at_once):
            batch = late[at : at + brought_back_at_once]
            acts = [answered(_context(*_restored(p), redrive=True), refusal) for p in batch]
            await self._release(batch, await self._execute(acts))
        return [parked.key for parked in late]

    async def _batches(self, keys: Sequence[CommandKey]) -> AsyncIterator[list[Parked]]:
        for at in range(0, len(keys), brought_back_at_once):
            yield await self.parking.opened(keys[at : at + brought_back_at_once])

    async def _release(self, parked: Sequence[Parked], outcomes: Sequence[Outcome]) -> None:
        """Forget those that have their last answer; what others wait for may be something else now."""
        settled = [(p.key, o) for p, o in zip(parked, outcomes, strict=True) if o.status not in ("parked", "conflict")]
        await self.parking.release([key for key, _ in settled])
        for _, outcome in settled:
            if outcome.status == "refused":
                count_refusal(self.store.service, "parked", outcome.code)
        elsewhere = {
            p.key: (o.code or p.code, o.waits_for)
            for p, o in zip(parked, outcomes, strict=True)
            if o.status == "parked" and o.waits_for != p.waits_for
        }
        await self.parking.wait_on(elsewhere)

    async def _execute(self, acts: Sequence[Act]) -> list[Outcome]:
        if not acts:
            return []
        outcomes = await execute(self.store, self._vault, self._clock, acts)
        answers = zip(acts, outcomes, strict=True)
        waited = [act.context.key for act, o in answers if act.context.redrive and o.code == ERASED.code]
        await forget_fingerprints(self.store.pool, waited)  # they got theirs before it was known
        self._wake()
        return outcomes

    async def _acts(self, said: Sequence[Said], *, redrive: bool = False) -> list[Act]:
        """The acts of a batch; whom its claims name is looked up for all of them together."""
        known = await self._people.known(
            (sender.trustuid, admission.shape, admission.newest(item.data))
            for sender, item in said
            if sender.trustuid and isinstance(item, Claim) and (admission := self.admissions.get(item.type))
        )
        return [await self._act(sender, item, known, redrive=redrive) for sender, item in said]

    async def _act(self, sender: Sender, item: Item, known: Known, *, redrive: bool) -> Act:
        context = _context(sender, item, redrive=redrive)
        try:
            if isinstance(item, Unreadable):
                raise item.refusal
            return await self._admitted(sender, item, context, known)
        except (Rejected, NotYet) as answer:
            return answered(replace(context, fields_in=""), answer)  # its field is a whole pointer

    async def _admitted(self, sender: Sender, claim: Claim, context: Context, known: Known) -> Act:
        if sender.trustuid is None:
            school = f"school-{claim.trustuid}-{sender.origin}" if claim.trustuid else None
            raise NotYet("school_unknown", "This school is not in the register yet; this is kept.", waits_for=school)
        named = (claim.trustuid, claim.data.get("trustuid"))
        if any(uid not in (None, sender.trustuid) for uid in named):
            raise ClaimRefused("not_your_trust", "You may speak for your own trust only.", field="/trustuid")
        check_not_to_come(claim, self._clock.now())
        admission = self.admissions.get(claim.type)
        if admission is None:
            raise NotYet("unknown_type", "This type is not known here yet; it is kept until it is.")
        if admission.trust_only and not sender.is_trust:
            raise ClaimRefused("trust_only", "Only the trust itself can say this.", field="/type")
        if sender.time_is_over:
            raise ClaimRefused(
                "urn_succeeded", "This school goes on under a new URN: its old one is not taken any more."
            )
        if sender.urns is not None and not claim.urns <= sender.urns:
            raise ClaimRefused("not_your_school", "You may speak for your own schools only.", field="/data/urn")
        try:
            data = admission.check(_with_people(admission, claim, sender, known, redrive=context.redrive))
            if admission.look_up is not None:
                data = await admission.look_up(self.store, self._clock, data, context)
            act = admission.to_act(data, context)
        except Rejected as refusal:
            field = None if refusal.field is None else context.fields_in + refusal.field
            raise Rejected(refusal.code, refusal.message, field=field) from None
        check_not_long_ago(context, act, self._clock.now())
        return act

    def _parked(self, sender: Sender, claim: Claim, outcome: Outcome) -> Parked:
        content = {
            "sender": _senders.dump_python(sender, mode="json"),
            "claim": _claims.dump_python(claim, mode="json", exclude={"came"}),
        }
        key, code = _key(sender, claim), outcome.code or "parked"
        return Parked(key, claim.type, code, outcome.waits_for, content, self._clock.now())


def check_not_to_come(claim: Claim, now: datetime) -> None:
    """What is said to have happened is not to come."""
    if claim.happened_at is not None and claim.happened_at > now + clock_skew:
        raise ClaimRefused("in_the_future", "Say this when it has happened: the time is to come.", field=_when)


def check_not_long_ago(context: Context, act: Act, now: datetime) -> None:
    """Where nothing but `happenedat` says when it was, that was not long ago.

    What has a day of its own (a qualification of 2004) puts that in its place, and its own rules judge it.
    """
    said = context.happened_at
    if said is None or act.context.happened_at is not said:  # another object, even where it is the same time
        return
    if said < now - longest_ago and not context.redrive:
        raise ClaimRefused("too_long_ago", "Say this within 366 days after it happened.", field=_when)


_when = "/happenedat"


def _with_people(
    admission: Admission, claim: Claim, sender: Sender, known: Known, *, redrive: bool
) -> Mapping[str, Any]:
    """The claim's data with our ids of the people it names; what is wrong with it otherwise need not wait for them."""
    data = admission.newest(claim.data)
    try:
        return known.put_in(data, admission.shape, Speaker(sender.trustuid or "", sender.urns))
    except PersonUnknown as unknown:
        admission.check(with_anybody(data, admission.shape))
        message = "This person is not in the register yet; this is kept until they are, at most 24 hours."
        raise NotYet("person_unknown", message, waits_for=unknown.waits_for) from None
    except WorksNowhereYet as nowhere:
        if not redrive:
            raise
        message = "This person works nowhere yet; this is kept until their engagement is known, at most 24 hours."
        raise NotYet("not_your_school", message, waits_for=nowhere.waits_for) from None


def _key(sender: Sender, item: Item) -> CommandKey:
    return CommandKey(sender.origin, item.source, item.id)


def _context(sender: Sender, item: Item, *, redrive: bool = False) -> Context:
    claim = item if isinstance(item, Claim) else None
    return Context(
        key=_key(sender, item),
        trustuid=sender.trustuid or "",
        actor=sender.actor,
        claim=claim.content if claim else b"",
        correlation_id=(claim and claim.correlation_id) or item.id,
        happened_at=claim.happened_at if claim else None,
        urns=sender.urns,
        publish=sender.publish,
        redrive=redrive,
        fields_in="/data",
    )


def _restored(parked: Parked) -> tuple[Sender, Claim]:
    return _senders.validate_python(parked.content["sender"]), _claims.validate_python(parked.content["claim"])


_senders = TypeAdapter(Sender)
_claims = TypeAdapter(Claim)
