-- $1 at, $2 the units that are rates, $3 the school's URNs, $4 trust
with recursive
-- schools.sql
-- capacity_spans.sql
-- periods.sql
running as (  -- a rate is counted in each period that it touches
    select s.*, p.period, p.starts_on, p.ends_on
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
    select s.*, p.period, p.starts_on, p.ends_on, null::date as counted_on, s.quantity as amount
    from span s
    join period p on p.trustuid = s.trustuid and s.first_on between p.starts_on and p.ends_on
    where s.unit <> all($2)
    union all
    select r.*, b.counted_on, case when b.counted_on between r.from_on and r.to_on then r.quantity else 0 end
    from running r
    join busiest b on b.trustuid = r.trustuid and b.dimension = r.dimension and b.unit = r.unit and b.period = r.period
),
thing as (  -- each offer, allocation, draw and request: how much it adds to each figure
    select trustuid, urn, outside, dimension, unit, period, starts_on, ends_on, counted_on, plan_id, event_id, happened_at,
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
    group by trustuid, urn, outside, dimension, unit, period, starts_on, ends_on, counted_on, plan_id, event_id, happened_at
),
plan as (
    select trustuid, urn, dimension, unit, period, plan_id, sum(met) + sum(planned) >= sum(requested) as covered
    from thing
    where plan_id is not null
    group by trustuid, urn, dimension, unit, period, plan_id
    having sum(requested) > 0
),
cover as (
    select trustuid, urn, dimension, unit, period, bool_and(covered) as covered
    from plan
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
    x.starts_on,
    x.ends_on,
    x.counted_on,
    sum(x.offered)::bigint as offered,
    count(*) filter (where x.offered > 0) as offers,
    array_agg(x.event_id order by x.happened_at, x.event_id) filter (where x.offered > 0) as offers__events,
    sum(x.allocated)::bigint as allocated,
    count(*) filter (where x.allocated > 0) as allocations,
    array_agg(x.event_id order by x.happened_at, x.event_id) filter (where x.allocated > 0) as allocations__events,
    sum(x.drawn)::bigint as drawn,
    count(*) filter (where x.drawn > 0) as draws,
    array_agg(x.event_id order by x.happened_at, x.event_id) filter (where x.drawn > 0) as draws__events,
    (sum(x.offered) - sum(x.drawn))::bigint as balance,
    sum(x.requested)::bigint as requested,
    count(*) filter (where x.requested > 0) as requests,
    array_agg(x.event_id order by x.happened_at, x.event_id) filter (where x.requested > 0) as requests__events,
    sum(greatest(x.requested - x.met, 0))::bigint as unmet,
    count(*) filter (where x.requested > x.met) as unmet_requests,
    array_agg(x.event_id order by x.happened_at, x.event_id) filter (where x.requested > x.met)
        as unmet_requests__events,
    c.covered,
    sum(x.given)::bigint as given,
    count(*) filter (where x.given > 0) as times_given,
    array_agg(x.event_id order by x.happened_at, x.event_id) filter (where x.given > 0) as times_given__events,
    sum(x.taken)::bigint as taken,
    count(*) filter (where x.taken > 0) as times_taken,
    array_agg(x.event_id order by x.happened_at, x.event_id) filter (where x.taken > 0) as times_taken__events,
    (sum(x.given) - sum(x.taken))::bigint as net
from thing x
left join school s on s.trustuid = x.trustuid and s.urn = x.urn
left join today t on t.trustuid = x.trustuid and t.urn = x.urn
left join heading h on h.trustuid = x.trustuid and h.current_urn = coalesce(t.current_urn, x.urn)
left join cover c on c.trustuid = x.trustuid and c.urn = x.urn and c.dimension = x.dimension and c.unit = x.unit
    and c.period = x.period
where ($3::text[] is null or x.urn = any($3))
    and ($4::text is null or x.trustuid = $4)
group by x.trustuid, x.urn, t.current_urn, x.outside, s.name, h.trajectory, x.dimension, x.unit, x.period, x.starts_on,
    x.ends_on, x.counted_on, c.covered
having bool_or(x.counts)
order by x.trustuid, x.starts_on, x.dimension, x.unit, x.outside nulls first, x.urn is null, school, x.urn
