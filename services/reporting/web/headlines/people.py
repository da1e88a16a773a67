"""What the reports of people say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from services.reporting.reports.compliance import sites
from services.reporting.reports.report import Row
from services.reporting.web.headlines.sentences import do, named, names_in, none_or, some_do, things_do, together
from services.reporting.web.words import count, of
from services.reporting.wording import said
from shared.contracts.talent.register import HEADS


def bench(rows: Sequence[Row], _: datetime) -> str:
    """How many headships, or else posts, have nobody ready now; and which posts fall vacant with nobody ready."""
    heads = [row for row in rows if row["post_type"] in HEADS]
    posts, thing = (heads, "headship") if heads else (rows, "post")
    nobody = sum(row["ready_now"] == 0 for row in posts)
    urgent = [row for row in rows if row["risk"] == "red"]
    falls = f"{things_do(len(urgent), 'post', 'fall')} vacant within twelve months with nobody ready"
    ready = f"{some_do(len(posts), len(posts), thing, 'have')} somebody ready now"
    return together(
        f"{some_do(nobody, len(posts), thing, 'have')} nobody ready now" if nobody else ready,
        f"{falls}: {named(map(_post, urgent))}" if urgent else "",
    )


def _post(row: Row) -> str:
    at = f" at {', '.join(row['schools'])}" if row["schools"] else ""
    return f"{said(row['post_type'])}{at}"


def gap(rows: Sequence[Row], _: datetime) -> str:
    """Of each kind of post: in how many years leaders are missing as things are expected to go, and might be."""
    expected = [row for row in rows if row["scenario"] == "expected"]
    return together(
        *(
            _short_of(said(kind), [row for row in expected if row["post_type"] == kind])
            for kind in names_in(expected, "post_type")
        )
    )


def _short_of(leader: str, years: Sequence[Row]) -> str:
    missing, might = (sum(row[name] > 0 for row in years) for name in ("gap_hundredths", "gap_high_hundredths"))
    expected = f"a {leader} is expected to be missing in {none_or(missing)} of {of(len(years), 'year')}"
    return f"{expected}, and might be in {count(might)}" if might > missing else expected


def pipeline(rows: Sequence[Row], _: datetime) -> str:
    """Who moved up or left in twelve months, as far as it is not hidden; how many posts were filled from inside."""
    for row in rows:
        if (row["urn"], row["stage"]) == ("all", "all"):
            before, moved, left, filled = (row[name] for name in ("year_before", "moved_up", "left", "filled"))
            told = None not in (before, moved, left)
            inside = some_do(row["filled_from_inside"], filled or 0, "post", "were")
            return together(
                f"of {count(before)} people {do(moved, 'have')} moved up in twelve months, and {do(left, 'have')} left"
                if told
                else "",
                f"{inside} filled from inside" if filled else "",
            )
    return ""


def roles(rows: Sequence[Row], _: datetime) -> str:
    """How many kinds of system leader are counted, and of which the number is not known."""
    unknown = [row for row in rows if row["count"] is None]
    return together(
        f"{some_do(len(rows) - len(unknown), len(rows), 'kind', 'are', 'kinds of system leader')} counted",
        f"not known, which is not none: {named(names_in(unknown, 'scheme'))}" if unknown else "",
    )


def qualifications(rows: Sequence[Row], _: datetime) -> str:
    """How many heads and senior leaders hold neither NPQH nor a Masters and work for none, where it is not hidden."""
    told = [row for row in rows if row["leaders"] == "all" and row["none"] is not None]
    if not told:
        return ""
    without, people = (sum(row[name] for row in told) for name in ("none", "people"))
    leaders = some_do(without, people, "head or senior leader", "hold", "heads and senior leaders")
    return together(f"{leaders} neither NPQH nor a Masters, and are working for neither")


def compliance(rows: Sequence[Row], _: datetime) -> str:
    """How many people lack what is required of them, how many will soon, and which sites have too few."""
    required = {row["person_id"] for row in rows if row["required"]}
    lacks = [row for row in rows if row["required"] and not row["counts"]]
    lacking, trainings = {row["person_id"] for row in lacks}, Counter(row["requirement"] for row in lacks)
    soon = {row["person_id"] for row in rows if row["state"] == "due_in_30_days"} - lacking
    few = [site for site in sites(rows) if site["state"] == "below_minimum"]
    places = things_do(len({site["urn"] for site in few}), "site", "have")
    what = f"{some_do(len(lacking), len(required), 'person', 'lack', 'people')} training that is required of them"
    return together(
        f"{what}: {named(f'{training} ({n})' for training, n in trainings.items())}" if lacks else what,
        f"{count(len(soon))} more will within 30 days" if soon else "",
        f"{places} fewer trained people than a site needs: {named(names_in(few))}" if few else "",
    )


headlines = {
    "bench": bench,
    "gap": gap,
    "pipeline": pipeline,
    "roles": roles,
    "qualifications": qualifications,
    "compliance": compliance,
}
