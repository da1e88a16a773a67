"""Small files as Get Information About Schools has them, about schools and a trust that do not exist."""

import csv
import io
from collections.abc import Sequence

from deploy.table import Source

ESTABLISHMENT = {
    "URN": "900001",
    "EstablishmentName": "Tidewater Primary",
    "TypeOfEstablishment (name)": "Academy converter",
    "EstablishmentStatus (name)": "Open",
    "PhaseOfEducation (name)": "Primary",
    "LA (name)": "Kent",
    "UKPRN": "10099001",
    "Easting": "447694",
    "Northing": "519237",
    "Trusts (code)": "99001",
}
LINK = {
    "URN": "900001",
    "Group UID": "99001",
    "Group ID": "TR09901",
    "Group Name": "HARBOUR TRUST",
    "Companies House Number": "1234567",
    "Closed Date": "",
    "Joined date": "01/09/2020",
}
ROLE = {
    "area": "Leicestershire",
    "role": "National Leader of Education",
    "scheme": "NLE",
    "count": "17",
    "not_known_reason": "",
    "schools_sponsored": "",
    "source": "a text",
}


def table(name: str, rows: Sequence[dict[str, str]], encoding: str = "utf-8") -> Source:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return Source(name, text.getvalue().encode(encoding))


def establishments(*rows: dict[str, str], encoding: str = "utf-8") -> Source:
    return table("establishments.csv", [ESTABLISHMENT | row for row in rows], encoding)


def links(*rows: dict[str, str], encoding: str = "utf-8") -> Source:
    return table("links.csv", [LINK | row for row in rows], encoding)


def roles(*rows: dict[str, str]) -> Source:
    return table("roles.csv", [ROLE | row for row in rows])
