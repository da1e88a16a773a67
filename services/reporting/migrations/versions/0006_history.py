"""An event is found by its id, by what it is about, by its cause and by its correlation."""

from services.reporting.history.about import json_paths
from shared import migrations

revision = "0006"
down_revision = "0005"

_columns = """
alter table ledger add column if not exists correlation text;
alter table ledger add column if not exists cause text;
alter table ledger add column if not exists about text[];
update ledger l set
    correlation = convert_from(meta, 'UTF8')::json ->> 'correlationid',
    cause = convert_from(meta, 'UTF8')::json ->> 'causationid',
    about = (
        select array_agg(distinct name #>> '{{}}')
        from (values {paths}) named (type, path),
            jsonb_path_query(convert_from(l.record, 'UTF8')::jsonb, named.path::jsonpath) name
        where named.type = l.type and not l.parked
    )
where correlation is null;
alter table ledger alter column correlation set not null;
create index if not exists ledger_id on ledger using hash (id);
create index if not exists ledger_cause on ledger using hash (cause) where cause is not null;
create index if not exists ledger_correlation on ledger (correlation);
create index if not exists ledger_urn on ledger (urn, time, service, logindex) where urn is not null;
create index if not exists ledger_about on ledger using gin (about) where about is not null;
grant update (about) on ledger to "{app}";
"""


def upgrade() -> None:
    """Add the columns, fill them from the records that are there, and index them."""
    paths = ", ".join(f"('{name}', '{path}')" for name, path in json_paths())
    migrations.execute(_columns.format(paths=paths, app=migrations.app_role()))
