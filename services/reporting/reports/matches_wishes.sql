-- $1 at, $2 trust: who wishes to be coached and is not yet, and who leads them today
with recursive
-- schools.sql
-- places.sql
now as (select ($1::timestamptz at time zone 'Europe/London')::date as day),
led as (
    select distinct on (l.person_id) l.person_id, l.manager_id
    from line_manager l
    cross join now t
    where l.from_on <= t.day
    order by l.person_id, l.from_on desc, l.streamversion desc
)
select
    r.request_id::text as request_id,
    r.trustuid,
    r.person_id::text as person_id,
    r.urn,
    coalesce(h.name, r.urn, 'the trust') as school,
    r.kind,
    r.specialism,
    greatest(r.from_on, t.day) as from_on,
    r.to_on,
    h.easting,
    h.northing,
    l.manager_id::text as manager_id
from coaching_request r
cross join now t
left join led l on l.person_id = r.person_id
left join place h on h.trustuid = r.trustuid and h.urn = r.urn
where r.withdrawn_on is null and (r.to_on is null or r.to_on >= t.day)
    and not exists (select 1 from pairing p where p.request_id = r.request_id)
    and h.has_left is not true and ($2::text is null or r.trustuid = $2)
order by r.request_id
