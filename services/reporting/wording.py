"""What codes and names are called: those of the contracts and those of the reports, as a person says them.

A code is said as it is written, its words apart: `deputy_headteacher` is "deputy headteacher". Here stand those that
this does not say well enough. Files and addresses keep the codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_code = re.compile(r"[a-z0-9][a-z0-9_-]*")
_spellings = {
    "urn": "URN",
    "urns": "URNs",
    "trustuid": "trust",
    "ect": "ECT",
    "cpd": "CPD",
    "npqh": "NPQH",
    "rag": "RAG",
    "fte": "FTE",
    "la": "local authority",
    "follow up": "follow-up",
    "one to one": "one-to-one",
    "self assessment": "self-assessment",
    "2 3 years": "2 to 3 years",
    "4 5 years": "4 to 5 years",
}
_units = {
    "half_days": ("half-day", "half-days"),
    "places": ("place", "places"),
    "half_days_a_week": ("half-day a week", "half-days a week"),
}
_misspelt = re.compile(rf"\b({'|'.join(_spellings)})\b")

EVERYWHERE: Mapping[str, str] = {
    # How it goes
    "red": "off track",
    "amber": "at risk",
    "green": "on track",
    "no_answer": "no answer yet",
    # Capacity
    "half_days": "half-days",
    "half_days_a_week": "half-days a week",
    "fte_hundredths": "hundredths of a full-time post",
    "pence": "pence (£1 is 100)",
    "financial": "money",
    "intellectual": "knowledge",
    # People
    "stage_1": "stage 1, deliberate practice",
    "stage_2": "stage 2, impact on other classrooms",
    "stage_3": "stage 3, leading new practice",
    "stage_4": "stage 4, responsible for more outcomes",
    "stage_5": "stage 5, leading learning across the organisation",
    "1_year": "in 1 year",
    "2_3_years": "in 2 to 3 years",
    "4_5_years": "in 4 to 5 years",
    "all_through": "all-through",
    "sixteen_plus": "16 plus",
    "fixed_term": "fixed-term",
    "self": "themselves",
    "one_to_one": "one-to-one",
    "sms": "text message",
    "trn": "teacher reference number",
    "nle": "national leader of education",
    "lle": "local leader of education",
    "sle": "specialist leader of education",
    "nlg": "national leader of governance",
    "ect_mentor": "mentor of an early-career teacher",
    "lle_head": "local leader for a head",
    "sle_group": "specialist leader for a group",
    "nlg_chair": "national leader for a chair of governors",
    # Training, and what the trust is asked for
    "part": "for a part",
    "hr": "HR",
    "npq": "NPQ",
    "npq-headship": "NPQ for headship",
    "npq-senior-leadership": "NPQ for senior leadership",
    "npq-executive-leadership": "NPQ for executive leadership",
    "npq-early-years-leadership": "NPQ for early years leadership",
    "npq-senco": "NPQ for special educational needs co-ordinators",
    "npq-leading-teaching": "NPQ for leading teaching",
    "npq-leading-teaching-development": "NPQ for leading teacher development",
    "npq-leading-behaviour-culture": "NPQ for leading behaviour and culture",
    "npq-leading-literacy": "NPQ for leading literacy",
    "npq-leading-primary-mathematics": "NPQ for leading primary mathematics",
    "npq-early-headship-coaching-offer": "early headship coaching offer",
    "npq-additional-support-offer": "additional support offer",
    "npqml": "NPQ for middle leadership",
    "masters": "Masters",
    "mba": "MBA",
    # What the trust says of itself
    "we_dont": "we don't",
    # Change
    "as_asked": "as the standard asks",
    "short": "short of the standard",
    "no_standard": "no standard then",
}

WHERE: Mapping[str, Mapping[str, str]] = {
    "align": {"align": "all alike", "leave": "each its own way"},
    "funded_by": {"trust": "the trust", "school": "the school"},
    "risk": {"red": "high", "amber": "medium", "green": "low"},
    "role_level": {
        "all": "all levels",
        "middle": "middle leader",
        "senior": "senior leader",
        "support": "support staff",
        "trust": "the trust's own",
    },
    "scope": {"trust": "the whole trust", "school": "one school"},
}
"""What a code is called in one column or field."""


def said(code: str, where: str = "") -> str:
    """Such as "half-days", "deputy headteacher"; `where` is the name of the column or field that it stands in."""
    own = WHERE.get(where, {}).get(code) or EVERYWHERE.get(code)
    return own or code.replace("_", " ").replace("-", " ")


def is_code(text: str) -> bool:
    """Whether a text is written as a code is."""
    return bool(_code.fullmatch(text))


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def heading(words: str) -> str:
    """Such as "School URN succeeded" for "school urn succeeded"."""
    return sentence(_misspelt.sub(lambda found: _spellings[found[0]], words.lower()))


def pounds(pence: int) -> str:
    """Such as "£1,200.50", "£900", "-£3"."""
    whole = f"{abs(pence) / 100:,.2f}".removesuffix(".00")
    return f"{'-' if pence < 0 else ''}£{whole}"


def so_much(quantity: int, unit: str) -> str:
    """Such as "6 half-days", "£1,200.50", "0.40 of full time"."""
    match unit:
        case "pence":
            return pounds(quantity)
        case "fte_hundredths":
            return f"{quantity / 100:.2f} of full time"
        case _:
            return f"{quantity:,} {_units[unit][quantity != 1]}"
