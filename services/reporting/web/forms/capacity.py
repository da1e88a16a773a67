"""The forms of capacity: who can give what, who needs what, and what the trust gives to whom."""

from __future__ import annotations

from dataclasses import replace

from services.reporting.web.forms.capacity_choices import drafts, offers, open_requests
from services.reporting.web.forms.choices import own_schools, schools, schools_or_trust
from services.reporting.web.forms.form import Field, Form, of_trust, trust_leaders
from shared.contracts.collaboration.capacity import Priority, Quantity, Unit
from shared.contracts.vocabulary import Code, Day, Dimension, Urn

_dimension = Field(name="dimension", label="Of what?", type=Dimension)
_quantity = Field(name="quantity", label="How much?", hint="A whole number of what you choose next", type=Quantity)
_unit = Field(name="unit", label="Counted in", type=Unit)
_from_on, _to_on = Field(name="from_on", label="From", type=Day), Field(name="to_on", label="To", type=Day)
_specialism = Field(
    name="specialism",
    label="Specialism",
    hint="In small letters, with - between: early-reading",
    type=Code,
    required=False,
)
_priority = Field(name="priority", label="How urgent is it?", type=Priority, begins="medium")
_amount = (_dimension, _quantity, _unit, _from_on, _to_on, _specialism)

offer = Form(
    name="offer-capacity",
    title="Offer capacity",
    about="What a school, or the trust, can give to others: people, time, knowledge, money or working together.",
    button="Offer it",
    done="The offer is there for others.",
    service="collaboration",
    path="/capacity-offers",
    fields=[Field(name="giver_urn", label="Who gives?", type=Urn, options=schools_or_trust), *_amount],
    new="offer_id",
    adds=of_trust,
)
request = Form(
    name="request-capacity",
    title="Ask for capacity",
    about="What a school needs from others, how much and when.",
    button="Ask for it",
    done="The request is with the trust.",
    service="collaboration",
    path="/capacity-requests",
    fields=[Field(name="taker_urn", label="Which school?", type=Urn, options=own_schools), *_amount, _priority],
    new="request_id",
    adds=of_trust,
)
confirm = Form(
    name="confirm-request",
    title="Confirm a drafted request",
    about="A school asked for help in its answer. Say how much of what it needs, and when.",
    button="Confirm it",
    done="The request is confirmed, and open for offers.",
    service="collaboration",
    path="/capacity-requests/{request_id}/confirm",
    who=trust_leaders,
    needs=("capacity",),
    fields=[Field(name="request_id", label="Which draft?", type=str, options=drafts), *_amount, _priority],
)
allocate = Form(
    name="allocate",
    title="Allocate capacity",
    about="A part of an offer goes to a school. Who could help shows which offer suits which request.",
    button="Allocate it",
    done="It is allocated.",
    service="collaboration",
    path="/capacity-offers/{offer_id}/allocations",
    who=trust_leaders,
    needs=("capacity",),
    fields=[
        Field(name="offer_id", label="Of which offer?", type=str, options=offers),
        Field(name="taker_urn", label="To which school?", type=Urn, options=schools),
        Field(name="request_id", label="For which request?", type=str, options=open_requests, required=False),
        replace(_quantity, hint="A whole number of what the offer is counted in"),
        _from_on,
        _to_on,
    ],
    new="allocation_id",
)

forms = (offer, request, confirm, allocate)
