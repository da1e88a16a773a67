-- $1 at, $2 trust: what is asked for today or later and is no draft, and each amount that was allocated for it
with recursive
-- schools.sql
-- places.sql
now as (select ($1::timestamptz at time zone 'Europe/London')::date as day),
span as (
    select request_id, from_on, to_on, quantity
    from capacity_change
    where kind = 'allocated' and request_id is not null
    union all
    select a.request_id, r.from_on, a.to_on, -r.quantity
    from capacity_change r
    join capacity_change a on a.kind = 'allocated' and a.offer_id = r.offer_id and a.allocation_id = r.allocation_id
    where r.kind = 'released' and a.request_id is not null
)
select
    r.request_id::text as request_id,
    r.trustuid,
    r.taker_urn,
    coalesce(p.current_urn, r.taker_urn) as current_urn,
    coalesce(p.name, r.taker_urn) as taker,
    r.dimension,
    r.unit,
    r.quantity,
    greatest(r.from_on, t.day) as from_on,
    r.to_on,
    r.specialism,
    r.priority,
    p.easting,
    p.northing,
    coalesce(array_agg(n.from_on order by n.from_on, n.to_on, n.quantity) filter (where n.quantity is not null), '{}')
        as from_days,
    coalesce(array_agg(n.to_on order by n.from_on, n.to_on, n.quantity) filter (where n.quantity is not null), '{}')
        as to_days,
    coalesce(array_agg(n.quantity order by n.from_on, n.to_on, n.quantity) filter (where n.quantity is not null), '{}')
        as quantities
from capacity_request r
cross join now t
left join span n on n.request_id = r.request_id
left join place p on p.trustuid = r.trustuid and p.urn = r.taker_urn
where r.quantity is not null and r.withdrawn_on is null and r.to_on >= t.day
    and p.has_left is not true
    and ($2::text is null or r.trustuid = $2)
group by r.request_id, p.name, p.current_urn, p.easting, p.northing, t.day
order by r.request_id
