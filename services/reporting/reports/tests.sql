-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- schools.sql
now as (select ($1::timestamptz at time zone 'Europe/London')::date as day),
taking_part as (
    select p.collaboration_id, p.place, p.urn, p.gives, p.receives,
        case p.kind
            when 'school' then coalesce(s.name, t.current_urn, p.urn)
            when 'trust' then 'The trust'
            else p.name
        end as name
    from partner p
    join collaboration c on c.collaboration_id = p.collaboration_id
    left join today t on t.trustuid = c.trustuid and t.urn = p.urn
    left join school s on s.trustuid = c.trustuid and s.urn = coalesce(t.current_urn, p.urn)
),
partners as (
    select collaboration_id, array_agg(name order by place) as names, array_agg(urn) as urns,
        array_agg(name || ': ' || array_to_string(gives, ', ') order by place) filter (where cardinality(gives) > 0)
            as gives,
        array_agg(name || ': ' || array_to_string(receives, ', ') order by place)
            filter (where cardinality(receives) > 0) as receives
    from taking_part
    group by collaboration_id
),
scores as (
    select collaboration_id,
        max(score) filter (where test = 'purpose') as purpose_score,
        max(score) filter (where test = 'mutuality') as mutuality_score,
        max(score) filter (where test = 'change') as change_score,
        max(score) filter (where test = 'pace') as pace_score,
        max(score) filter (where test = 'prioritisation') as prioritisation_score,
        case when min(score) < 3 then false when count(*) = 5 then true end as strong
    from five_test
    group by collaboration_id
),
committed as (
    select collaboration_id, count(*) as commitments, array_agg(event_id order by happened_at, event_id) as events
    from commitment
    group by collaboration_id
)
select
    c.trustuid,
    c.collaboration_id::text as collaboration_id,
    c.title,
    c.purpose,
    p.names as partners,
    coalesce(p.gives, '{}') as gives,
    coalesce(p.receives, '{}') as receives,
    c.starts_on,
    c.ends_on,
    case
        when c.closed_on is not null then 'closed'
        when c.ends_on < n.day then 'stalled'
        when c.starts_on > n.day then 'planned'
        else 'running'
    end as state,
    c.outcome,
    s.purpose_score,
    s.mutuality_score,
    s.change_score,
    s.pace_score,
    s.prioritisation_score,
    s.strong,
    c.opportunity_cost_days,
    c.opportunity_cost_pence,
    coalesce(k.commitments, 0) as commitments,
    k.events as commitments__events,
    c.event_id::text as event_id
from collaboration c
cross join now n
join partners p on p.collaboration_id = c.collaboration_id
left join scores s on s.collaboration_id = c.collaboration_id
left join committed k on k.collaboration_id = c.collaboration_id
where ($2::text[] is null or p.urns && $2)
    and ($3::text is null or c.trustuid = $3)
order by c.trustuid, c.ends_on desc, c.title, c.collaboration_id
