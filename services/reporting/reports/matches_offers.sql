-- $1 at, $2 trust: what is offered today or later, and each amount that its level is added up from
with recursive
-- schools.sql
-- places.sql
now as (select ($1::timestamptz at time zone 'Europe/London')::date as day),
span as (
    select offer_id, from_on, to_on, quantity from capacity_offer
    union all
    select c.offer_id, c.from_on, coalesce(c.to_on, a.to_on, o.to_on),
        case when c.kind = 'released' then c.quantity else -c.quantity end
    from capacity_change c
    join capacity_offer o on o.offer_id = c.offer_id
    left join capacity_change a
        on c.kind = 'released' and a.kind = 'allocated' and a.offer_id = c.offer_id and a.allocation_id = c.allocation_id
    where c.kind <> 'drawn'
)
select
    o.offer_id::text as offer_id,
    o.trustuid,
    o.giver_urn,
    coalesce(p.current_urn, o.giver_urn) as current_urn,
    coalesce(p.name, o.giver_urn, o.outside, 'the trust') as giver,
    o.dimension,
    o.unit,
    greatest(o.from_on, t.day) as from_on,
    o.to_on,
    o.specialism,
    p.easting,
    p.northing,
    array_agg(n.from_on order by n.from_on, n.to_on, n.quantity) as from_days,
    array_agg(n.to_on order by n.from_on, n.to_on, n.quantity) as to_days,
    array_agg(n.quantity order by n.from_on, n.to_on, n.quantity) as quantities
from capacity_offer o
cross join now t
join span n on n.offer_id = o.offer_id
left join place p on p.trustuid = o.trustuid and p.urn = o.giver_urn
where o.to_on >= t.day and p.has_left is not true and ($2::text is null or o.trustuid = $2)
group by o.offer_id, p.name, p.current_urn, p.easting, p.northing, t.day
order by o.offer_id
