"""What people write in the demo: comments, notes, responses and actions, with names in them as in real ones."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from string import Formatter

from deploy.demo.people import People

_PLACES = {  # a word in braces, and whose name stands there
    "head": "headteacher",
    "deputy": "deputy_headteacher",
    "assistant": "assistant_headteacher",
    "manager": "business_manager",
    "senco": "senco",
    "attendance": "attendance_officer",
    "ect": "early_career_teacher",
}
_CENTRAL_PLACES = {
    "education": "director_of_education",
    "people": "head_of_people",
    "finance": "finance_director",
    "primary": "primary_improvement_lead",
    "welfare": "attendance_lead",
}

COMMENTS: Mapping[tuple[str, str], Sequence[str]] = {
    ("reading", "red"): (
        "Only 9 of 31 disadvantaged pupils read at their age. {senco} runs the groups alone since {ect} is ill.",
        "The gap has grown again. {deputy} listened to two groups on Tuesday and half of the pupils guess at words.",
    ),
    ("reading", "amber"): (
        "{senco} now reads with eleven pupils every morning; six of them have moved up a book band.",
        "Two parents have complained to {head} that the reading books never change, and they have a point.",
        "{ect} needs somebody to show how the fluency sessions run; otherwise we are where we wanted to be.",
    ),
    ("reading", "green"): (
        "All but three pupils are at their age. {senco} deserves the credit and should show the others how.",
        "{deputy} heard every disadvantaged pupil read this fortnight and is content.",
    ),
    ("attendance", "red"): (
        "Forty-one pupils are below 90 per cent. {attendance} visits alone now and was threatened on one doorstep.",
        "It fell again after the half-term. {attendance} is off until January and {manager} makes the calls.",
    ),
    ("attendance", "amber"): (
        "{attendance} has brought back five of the nine we worried about; the other four are in one family.",
        "Fridays are the problem. {assistant} has talked to the families, with little to show for it so far.",
    ),
    ("attendance", "green"): (
        "{attendance} calls by nine every morning, and it works: one pupil below 90 per cent is left.",
        "Best fortnight since {head} came here. We keep doing what we do.",
    ),
    ("mentoring", "red"): (
        "{ect} has not been observed this half-term, because {assistant} covers lessons every day.",
        "{ect} is thinking of leaving. {assistant} and {head} have spoken to them twice.",
    ),
    ("mentoring", "amber"): (
        "{assistant} met {ect} once in the fortnight, which is half of what we promised.",
        "{ect} finds behaviour in the afternoons hard; {assistant} sits in when there is time, and that is seldom.",
    ),
    ("mentoring", "green"): (
        "{ect} taught in front of {assistant} and {deputy} and took their advice well.",
        "Every meeting was held. {ect} says that the weekly half hour with {assistant} is what keeps things steady.",
    ),
    ("maths", "red"): (
        "No two classes are on the same unit. {assistant} found out from a parent, which must not happen.",
        "{deputy} has no specialist for the lower sets until somebody replaces the colleague who left in October.",
    ),
    ("maths", "amber"): (
        "{assistant} has rewritten three of the six units, and two teachers still use the old ones.",
        "Set four is behind. {deputy} takes them on Thursdays from now on.",
    ),
    ("maths", "green"): (
        "All sets are on the planned unit; {assistant} checked the books on Wednesday.",
        "{deputy} and {assistant} taught one lesson together for everybody else to watch, and it went well.",
    ),
}
NOTES: Sequence[str] = (
    "Of those we worry about, {senco} counts more than half as disadvantaged.",
    "Breakfast club places are paid for all who need one; {manager} has the list.",
    "{senco} meets three families about transport next week.",
)
REASONS: Sequence[str] = (
    "{manager} had copied the line of another school.",
    "{head} had not seen the books yet when this was written down.",
    "The team meant what it says now; {deputy} took the minutes in a hurry.",
)
RESPONSES: Mapping[str, Sequence[str]] = {
    "people": (
        "{welfare} comes to you on Monday and Tuesday and goes on the home visits with {attendance}.",
        "{people} has found cover for two days a week until Christmas; please tell {head} whom to expect.",
    ),
    "time": (
        "Take {assistant} off cover from Thursday: {finance} pays for a supply teacher for three weeks.",
        "{education} teaches two afternoons for you, so that {assistant} is free for {ect}.",
    ),
    "intellectual": (
        "{primary} brings the fluency programme on Wednesday and works with {senco} for half a day.",
        "There are places at the phonics training on 4 December; {senco} and {ect} are booked.",
    ),
    "financial": (
        "{finance} has agreed to the books that {deputy} asked for; please order them this week.",
        "We pay for the counsellor until February. {manager} will get the letter from {finance}.",
    ),
    "collaboration": (
        "{education} has asked another of our schools to plan the next unit together with {assistant}.",
        "One of our schools has been where you are. {education} comes along when {deputy} visits them.",
    ),
    "none": (
        "Thank you for saying it so plainly. {education} reads this again after your next meeting.",
        "{primary} looks in on Thursday to see how {senco} gets on.",
    ),
}
ACTIONS: Mapping[str, Sequence[str]] = {
    "people": ("{welfare} spends six half-days at the school on first-day calls together with {attendance}.",),
    "time": ("{assistant} is released for four half-days to observe {ect} and to be observed.",),
    "intellectual": ("{primary} trains {senco} and {ect} in the fluency programme, two half-days.",),
    "financial": ("{finance} pays for a full set of books, which {deputy} chooses and orders.",),
    "collaboration": ("{assistant} plans the next unit with a colleague of another school, three afternoons.",),
    "none": ("{deputy} and {primary} look at ten books together and write down what they see.",),
}
OWNERS = {  # roles, since an owner's name would stand in clear
    "people": "attendance_lead",
    "time": "assistant_headteacher",
    "intellectual": "primary_improvement_lead",
    "financial": "finance_director",
    "collaboration": "assistant_headteacher",
    "none": "deputy_headteacher",
}


class Writer:
    """Fills in who works where; which text it takes follows from the seed."""

    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._chance = random.Random(f"words/{seed}")  # noqa: S311 - which text stands where is no secret

    def write(self, texts: Sequence[str], urn: str) -> str:
        """One of the texts, about the people of a school and of the central team."""
        text = self._chance.choice(texts)
        wanted = {name for _, name, _, _ in Formatter().parse(text) if name}
        return text.format(**{place: self._named(place, urn) for place in wanted})

    def happens(self, per_cent: int) -> bool:
        """Whether something is the case that is so in so many of a hundred cases."""
        return self._chance.randrange(100) < per_cent

    def number(self, least: int, most: int) -> int:
        return self._chance.randint(least, most)

    def _named(self, place: str, urn: str) -> str:
        if place in _CENTRAL_PLACES:
            return self._people.central(_CENTRAL_PLACES[place]).name
        return self._people.at(urn, _PLACES[place]).name
