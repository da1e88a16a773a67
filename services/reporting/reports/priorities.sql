-- $1 at, $2 the school's URNs, $3 trust, $4 cycle, $5 role levels in their order
with recursive
-- staff.sql
proposal as (
    select *, count(*) over (partition by trustuid, cycle) as proposals
    from priority
    where ($3::text is null or trustuid = $3) and ($4::text is null or cycle = $4)
),
voted as (  -- each voter's latest ballot
    select distinct on (b.trustuid, b.cycle, coalesce(s.person_id, b.person_id)) b.*
    from ballot b
    left join survivor s on s.entry = b.person_id
    where ($3::text is null or b.trustuid = $3) and ($4::text is null or b.cycle = $4)
    order by b.trustuid, b.cycle, coalesce(s.person_id, b.person_id), b.happened_at desc, b.logindex desc
),
choice as (
    select v.trustuid, v.cycle, v.urn, v.role_level, v.event_id, v.happened_at, v.logindex, p.priority_id, p.proposals,
        row_number() over (partition by v.event_id order by ranked.place) as rank
    from voted v
    cross join unnest(v.ranking) with ordinality ranked (priority_id, place)
    join proposal p on p.priority_id = ranked.priority_id and p.trustuid = v.trustuid and p.cycle = v.cycle
    where $2::text[] is null or v.urn = any($2)
),
voters as (  -- each group: a URN of '' is all schools
    select trustuid, cycle, coalesce(urn, '') as urn, coalesce(role_level, 'all') as role_level,
        count(*) as ballots, array_agg(event_id order by happened_at, logindex) as ballots__events
    from voted
    where $2::text[] is null or urn = any($2)
    group by grouping sets (
        (trustuid, cycle), (trustuid, cycle, role_level), (trustuid, cycle, urn), (trustuid, cycle, urn, role_level)
    )
    having grouping(urn) = 1 or urn is not null
    union all  -- before anybody voted
    select distinct p.trustuid, p.cycle, '', 'all', 0, null::uuid[]
    from proposal p
    where not exists (select 1 from voted v where v.trustuid = p.trustuid and v.cycle = p.cycle)
),
tally as (
    select trustuid, cycle, coalesce(urn, '') as urn, coalesce(role_level, 'all') as role_level, priority_id,
        sum(proposals - rank) as points,
        count(*) filter (where rank = 1) as first_choices,
        array_agg(event_id order by happened_at, logindex) filter (where rank = 1) as first_choices__events,
        count(*) as ranked_by,
        array_agg(event_id order by happened_at, logindex) as ranked_by__events
    from choice
    group by grouping sets (
        (trustuid, cycle, priority_id),
        (trustuid, cycle, priority_id, role_level),
        (trustuid, cycle, priority_id, urn),
        (trustuid, cycle, priority_id, urn, role_level)
    )
    having grouping(urn) = 1 or urn is not null
),
placed as (
    select v.trustuid, v.cycle, v.urn, v.role_level, p.priority_id, p.title, p.urn as proposer, p.event_id,
        v.ballots, v.ballots__events,
        case when v.ballots > 0 then coalesce(t.points, 0)::integer end as points,
        case when v.ballots > 0 then rank() over (
            partition by v.trustuid, v.cycle, v.urn, v.role_level order by coalesce(t.points, 0) desc
        ) end as place,
        coalesce(t.first_choices, 0) as first_choices, t.first_choices__events,
        coalesce(t.ranked_by, 0) as ranked_by, t.ranked_by__events
    from voters v
    join proposal p on p.trustuid = v.trustuid and p.cycle = v.cycle
    left join tally t on t.trustuid = v.trustuid and t.cycle = v.cycle and t.urn = v.urn
        and t.role_level = v.role_level and t.priority_id = p.priority_id
)
select
    p.trustuid,
    p.cycle,
    nullif(p.urn, '') as urn,
    case when p.urn = '' then 'All schools' else coalesce(s.name, p.urn) end as school,
    p.role_level,
    p.priority_id::text as priority_id,
    p.title as priority,
    case when p.proposer is null then 'The trust' else coalesce(o.name, p.proposer) end as proposed_by,
    p.ballots,
    p.ballots__events,
    p.points,
    p.place,
    p.first_choices,
    p.first_choices__events,
    p.ranked_by,
    p.ranked_by__events,
    a.rank as agreed_rank,
    p.event_id::text as event_id,
    a.event_id::text as agreed_event_id
from placed p
left join school s on s.trustuid = p.trustuid and s.urn = p.urn
left join school o on o.trustuid = p.trustuid and o.urn = p.proposer
left join agreed_priority a on a.trustuid = p.trustuid and a.cycle = p.cycle and a.priority_id = p.priority_id
where $2::text[] is null or p.urn = any($2)
order by p.trustuid, p.cycle, p.urn <> '', school, p.urn,
    array_position($5::text[], p.role_level) nulls first, p.place, p.title, p.priority_id
