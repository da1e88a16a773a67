-- $1 services, $2 the log indexes known of each, $3 types, $4 how many to list at most: the events of these types that
-- are not among them, in the order in which they were recorded; and of all of these, how many there are
with known as materialized (
    select service, indexes::int8multirange as indexes from unnest($1::text[], $2::text[]) as k (service, indexes)
),
since as (  -- the first log index of each service that may be new
    select p.service, k.indexes, coalesce((
        select upper(r) from unnest(k.indexes) r where lower(r) = 0
    ), 0) as first
    from public.position p
    left join known k using (service)
)
select l.id, l.type, l.time, l.service, l.logindex, count(*) over () as of
from since s
join ledger l on l.service = s.service and l.logindex >= s.first
where not l.parked
    and not coalesce(l.logindex <@ s.indexes, false)
    and case when l.type like '%.RecordVoided.v%'
        then convert_from(l.record, 'UTF8')::json ->> 'event_type' else l.type end = any($3)
order by l.time, l.service, l.logindex
limit $4
