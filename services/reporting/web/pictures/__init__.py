"""Pictures of reports, where people would rather look than read: worked out from the rows of the table below them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures import bench, capacity, compliance, gap, network, pipeline, qualifications, roles
from services.reporting.web.pictures.picture import Picture

pictures: Mapping[str, Callable[[Sequence[Row]], tuple[Picture, ...]]] = {
    "capacity": capacity.pictures,
    "network": network.pictures,
    "bench": bench.pictures,
    "gap": gap.pictures,
    "pipeline": pipeline.pictures,
    "roles": roles.pictures,
    "qualifications": qualifications.pictures,
    "compliance": compliance.pictures,
}
"""By report; of rows that show nothing, none."""


def of(model: str, rows: Sequence[Row]) -> tuple[Picture, ...]:
    """The pictures of a report's rows."""
    return pictures[model](rows) if model in pictures else ()
