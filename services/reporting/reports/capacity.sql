-- $1 at, $2 the units that are rates, $3 the school's URNs, $4 trust
with recursive
-- schools.sql
-- capacity_spans.sql
-- periods.sql
running as (  -- a rate is counted in each period that it touches
    select s.figure, s.trustuid, s.urn, s.outside, s.dimension, s.unit, p.period, s.event_id, s.happened_at, s.plan_id,
        s.from_on, s.to_on, s.quantity, p.starts_on, p.ends_on
    from span s
    join period p on p.trustuid = s.trustuid and s.from_on <= p.ends_on and s.to_on >= p.starts_on
    where s.unit = any($2)
),
turn as (  -- the days of a period on which rates change, and its first day
    select trustuid, dimension, unit, period, greatest(from_on, starts_on) as day, figure, quantity from running
    union all
    select trustuid, dimension, unit, period, to_on + 1, figure, -quantity from running where to_on < ends_on
    union all
    select distinct trustuid, dimension, unit, period, starts_on, 'offered', 0 from running
),
busiest as (  -- the day on which rates are counted
    select distinct on (trustuid, dimension, unit, period) trustuid, dimension, unit, period, day as counted_on
    from (
        select trustuid, dimension, unit, period, day,
            coalesce(sum(sum(quantity) filter (where figure = 'drawn')) over whole, 0) as drawn,
            coalesce(sum(sum(quantity) filter (where figure = 'allocated')) over whole, 0) as allocated,
            coalesce(sum(sum(quantity) filter (where figure = 'offered')) over whole, 0) as offered,
            coalesce(sum(sum(quantity) filter (where figure = 'requested')) over whole, 0) as requested
        from turn
        group by trustuid, dimension, unit, period, day
        window whole as (partition by trustuid, dimension, unit, period order by day)
    ) level
    order by trustuid, dimension, unit, period, drawn desc, allocated desc, offered desc, requested desc, day
),
counted as (
    select s.figure, s.trustuid, s.urn, s.outside, s.dimension, s.unit, p.period, s.event_id, s.happened_at, s.plan_id,
        s.quantity as amount
    from span s
    join period p on p.trustuid = s.trustuid and s.first_on between p.starts_on and p.ends_on
    where s.unit <> all($2) and ($3::text[] is null or s.urn = any($3))
    union all
    select r.figure, r.trustuid, r.urn, r.outside, r.dimension, r.unit, r.period, r.event_id, r.happened_at, r.plan_id,
        case when b.counted_on between r.from_on and r.to_on then r.quantity else 0 end
    from running r
    join busiest b on b.trustuid = r.trustuid and b.dimension = r.dimension and b.unit = r.unit and b.period = r.period
    where $3::text[] is null or r.urn = any($3)
),
thing as (  -- each offer, allocation, draw and request: how much it adds to each figure
    select trustuid, urn, outside, dimension, unit, period, event_id, happened_at, plan_id,
        coalesce(sum(amount) filter (where figure = 'offered'), 0) as offered,
        coalesce(sum(amount) filter (where figure = 'allocated'), 0) as allocated,
        coalesce(sum(amount) filter (where figure = 'drawn'), 0) as drawn,
        coalesce(sum(amount) filter (where figure = 'requested'), 0) as requested,
        coalesce(sum(amount) filter (where figure = 'met'), 0) as met,
        coalesce(sum(amount) filter (where figure = 'planned'), 0) as planned,
        coalesce(sum(amount) filter (where figure = 'given'), 0) as given,
        coalesce(sum(amount) filter (where figure = 'taken'), 0) as taken,
        bool_or(figure <> 'planned') as counts
    from counted
    group by trustuid, urn, outside, dimension, unit, period, event_id, happened_at, plan_id
),
total as (
    select trustuid, urn, outside, dimension, unit, period,
        sum(offered)::bigint as offered,
        count(*) filter (where offered > 0) as offers,
        array_agg(event_id order by happened_at, event_id) filter (where offered > 0) as offers__events,
        sum(allocated)::bigint as allocated,
        count(*) filter (where allocated > 0) as allocations,
        array_agg(event_id order by happened_at, event_id) filter (where allocated > 0) as allocations__events,
        sum(drawn)::bigint as drawn,
        count(*) filter (where drawn > 0) as draws,
        array_agg(event_id order by happened_at, event_id) filter (where drawn > 0) as draws__events,
        sum(requested)::bigint as requested,
        count(*) filter (where requested > 0) as requests,
        array_agg(event_id order by happened_at, event_id) filter (where requested > 0) as requests__events,
        sum(greatest(requested - met, 0))::bigint as unmet,
        count(*) filter (where requested > met) as unmet_requests,
        array_agg(event_id order by happened_at, event_id) filter (where requested > met) as unmet_requests__events,
        sum(given)::bigint as given,
        count(*) filter (where given > 0) as times_given,
        array_agg(event_id order by happened_at, event_id) filter (where given > 0) as times_given__events,
        sum(taken)::bigint as taken,
        count(*) filter (where taken > 0) as times_taken,
        array_agg(event_id order by happened_at, event_id) filter (where taken > 0) as times_taken__events
    from thing
    group by trustuid, urn, outside, dimension, unit, period
    having bool_or(counts)
),
cover as (
    select trustuid, urn, dimension, unit, period, bool_and(covered) as covered
    from (
        select trustuid, urn, dimension, unit, period, sum(met) + sum(planned) >= sum(requested) as covered
        from thing
        where plan_id is not null
        group by trustuid, urn, dimension, unit, period, plan_id
        having sum(requested) > 0
    ) plan
    group by trustuid, urn, dimension, unit, period
),
heading as (  -- the latest judgement of a school, under whichever of its URNs
    select distinct on (j.trustuid, coalesce(t.current_urn, j.urn))
        j.trustuid, coalesce(t.current_urn, j.urn) as current_urn, j.trajectory
    from trajectory j
    left join today t on t.trustuid = j.trustuid and t.urn = j.urn
    order by j.trustuid, coalesce(t.current_urn, j.urn), j.happened_at desc, j.logindex desc
)
select
    x.trustuid,
    x.urn,
    coalesce(t.current_urn, x.urn) as current_urn,
    x.outside,
    coalesce(s.name, x.urn, x.outside, 'the trust') as school,
    h.trajectory,
    x.dimension,
    x.unit,
    x.period,
    p.starts_on,
    p.ends_on,
    b.counted_on,
    x.offered,
    x.offers,
    x.offers__events,
    x.allocated,
    x.allocations,
    x.allocations__events,
    x.drawn,
    x.draws,
    x.draws__events,
    x.offered - x.drawn as balance,
    x.requested,
    x.requests,
    x.requests__events,
    x.unmet,
    x.unmet_requests,
    x.unmet_requests__events,
    c.covered,
    x.given,
    x.times_given,
    x.times_given__events,
    x.taken,
    x.times_taken,
    x.times_taken__events,
    x.given - x.taken as net
from total x
join period p on p.trustuid = x.trustuid and p.period = x.period
left join busiest b on b.trustuid = x.trustuid and b.dimension = x.dimension and b.unit = x.unit and b.period = x.period
left join school s on s.trustuid = x.trustuid and s.urn = x.urn
left join today t on t.trustuid = x.trustuid and t.urn = x.urn
left join heading h on h.trustuid = x.trustuid and h.current_urn = coalesce(t.current_urn, x.urn)
left join cover c on c.trustuid = x.trustuid and c.urn = x.urn and c.dimension = x.dimension and c.unit = x.unit
    and c.period = x.period
where $4::text is null or x.trustuid = $4
order by x.trustuid, p.starts_on, x.dimension, x.unit, x.outside nulls first, x.urn is null, school, x.urn
