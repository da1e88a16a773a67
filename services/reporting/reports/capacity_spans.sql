-- amounts from day to day, each of a figure of a school, the trust or a supplier; for reports that name this file
asked as (  -- what is requested, is no draft and is not withdrawn
    select *
    from capacity_request
    where quantity is not null and withdrawn_on is null
),
allocation as (  -- with what its offer is, and the request that it is for
    select o.trustuid, o.giver_urn, o.outside, o.dimension, o.unit, o.from_on as offered_on, c.offer_id,
        c.allocation_id, c.taker_urn, r.request_id, c.plan_id, c.event_id, c.happened_at, c.from_on as first_on,
        c.from_on, c.to_on, c.quantity
    from capacity_change c
    join capacity_offer o on o.offer_id = c.offer_id
    left join asked r on r.request_id = c.request_id and r.taker_urn = c.taker_urn and r.dimension = o.dimension
        and r.unit = o.unit
    where c.kind = 'allocated'
),
part as (  -- less what was released of it
    select * from allocation
    union all
    select a.trustuid, a.giver_urn, a.outside, a.dimension, a.unit, a.offered_on, a.offer_id,
        a.allocation_id, a.taker_urn, a.request_id, a.plan_id, a.event_id, a.happened_at, a.first_on,
        b.from_on, a.to_on, -b.quantity
    from capacity_change b
    join allocation a on a.offer_id = b.offer_id and a.allocation_id = b.allocation_id
    where b.kind = 'released'
),
draw as (
    select o.trustuid, o.giver_urn, o.outside, o.dimension, o.unit, o.from_on as offered_on, d.taker_urn,
        d.event_id, d.happened_at, d.from_on, d.to_on, d.quantity
    from capacity_change d
    join capacity_offer o on o.offer_id = d.offer_id
    where d.kind = 'drawn'
),
span (
    figure, trustuid, urn, outside, dimension, unit, event_id, happened_at, plan_id, first_on, from_on, to_on, quantity
) as (
    select 'offered', trustuid, giver_urn, outside, dimension, unit, event_id, happened_at, null::uuid,
        from_on, from_on, to_on, quantity
    from capacity_offer
    union all
    select 'offered', o.trustuid, o.giver_urn, o.outside, o.dimension, o.unit, o.event_id, o.happened_at, null,
        o.from_on, w.from_on, o.to_on, -w.quantity
    from capacity_change w
    join capacity_offer o on o.offer_id = w.offer_id
    where w.kind = 'withdrawn'
    union all
    select 'allocated', trustuid, giver_urn, outside, dimension, unit, event_id, happened_at, null,
        offered_on, from_on, to_on, quantity
    from part
    union all
    select 'drawn', trustuid, giver_urn, outside, dimension, unit, event_id, happened_at, null,
        offered_on, from_on, to_on, quantity
    from draw
    union all
    select 'given', trustuid, giver_urn, outside, dimension, unit, event_id, happened_at, null,
        from_on, from_on, to_on, quantity
    from draw
    union all
    select 'taken', trustuid, taker_urn, null, dimension, unit, event_id, happened_at, null,
        from_on, from_on, to_on, quantity
    from draw
    union all
    select 'requested', trustuid, taker_urn, null, dimension, unit, event_id, happened_at, plan_id,
        from_on, from_on, to_on, quantity
    from asked
    union all
    select 'met', r.trustuid, r.taker_urn, null, r.dimension, r.unit, r.event_id, r.happened_at, r.plan_id,
        r.from_on, p.from_on, p.to_on, p.quantity
    from part p
    join asked r on r.request_id = p.request_id
    union all
    select 'planned', trustuid, taker_urn, null, dimension, unit, event_id, happened_at, plan_id,
        first_on, from_on, to_on, quantity
    from part
    where request_id is null and plan_id is not null
),
