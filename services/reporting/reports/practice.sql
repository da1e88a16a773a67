-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- schools.sql
thing (trustuid, kind, thing_id, what, found, urn) as (  -- what does not say itself what it is
    (
        select distinct on (template_id) trustuid, 'template', template_id::text, title, null, urn
        from practice_template
        order by template_id, streamversion desc
    )
    union all
    (
        select distinct on (g.group_id) g.trustuid, 'research', g.group_id::text, g.question, f.finding, null
        from research_group g
        left join research_finding f on f.group_id = g.group_id
        order by g.group_id, f.streamversion desc
    )
),
fact (trustuid, kind, thing_id, urn, event_id, happened_at) as (  -- with a URN a school has part, else it is a time more
    select trustuid, 'template', template_id::text, null, event_id, happened_at from practice_template
    union all
    select t.trustuid, t.kind, t.thing_id, a.urn, a.event_id, a.happened_at
    from thing t
    join template_adoption a on t.kind = 'template' and a.template_id::text = t.thing_id
    union all
    select g.trustuid, 'research', g.group_id::text, s.urn, g.event_id, g.happened_at
    from research_group g
    join research_school s on s.group_id = g.group_id
    union all
    select g.trustuid, 'research', g.group_id::text, null, f.event_id, f.happened_at
    from research_group g
    join research_finding f on f.group_id = g.group_id
    union all
    select v.trustuid, 'visit', v.kind, has_part.urn, v.event_id, v.happened_at
    from peer_visit v
    cross join lateral (values (null), (v.from_urn), (v.to_urn)) has_part (urn)
    union all
    select trustuid, 'moderation', subject, null, held_event_id, held_at from moderation where held_at is not null
    union all
    select m.trustuid, 'moderation', m.subject, s.urn, m.held_event_id, m.held_at
    from moderation m
    join moderation_school s on s.moderation_id = m.moderation_id and s.held
    union all
    select e.trustuid, e.kind, e.theme, has_part.urn, e.event_id, e.happened_at
    from shared_experience e
    cross join lateral (values (null), (e.urn)) has_part (urn)
),
at_school as (  -- of each school as it is today, and without one: when
    select f.trustuid, f.kind, f.thing_id, coalesce(t.current_urn, f.urn) as urn, min(f.happened_at) as first_at,
        max(f.happened_at) as last_at, array_agg(f.event_id order by f.happened_at, f.event_id) as events
    from fact f
    left join today t on t.trustuid = f.trustuid and t.urn = f.urn
    group by f.trustuid, f.kind, f.thing_id, coalesce(t.current_urn, f.urn)
),
told as (
    select f.trustuid, f.kind, f.thing_id, max(f.last_at) as last_at,
        max(f.events) filter (where f.urn is null) as times__events,  -- there is one
        array_agg(f.urn) as urns,
        array_agg(f.events[1] order by f.first_at, f.events[1], f.urn) filter (where f.urn is not null)
            as schools__events,
        array_agg(coalesce(s.name, f.urn) order by coalesce(s.name, f.urn), f.urn) filter (where f.urn is not null)
            as school_names
    from at_school f
    left join school s on s.trustuid = f.trustuid and s.urn = f.urn
    group by f.trustuid, f.kind, f.thing_id
)
select
    f.trustuid,
    f.kind,
    f.thing_id,
    coalesce(t.what, f.thing_id) as what,
    t.found,
    case when f.kind = 'template' then coalesce(s.name, n.current_urn, t.urn, 'The trust') end as shared_by,
    coalesce(cardinality(f.times__events), 0) as times,
    f.times__events,
    coalesce(cardinality(f.schools__events), 0) as schools,
    f.schools__events,
    coalesce(f.school_names, '{}') as school_names,
    f.last_at
from told f
left join thing t on t.trustuid = f.trustuid and t.kind = f.kind and t.thing_id = f.thing_id
left join today n on n.trustuid = t.trustuid and n.urn = t.urn
left join school s on s.trustuid = t.trustuid and s.urn = coalesce(n.current_urn, t.urn)
where ($2::text[] is null or f.urns && $2 or t.urn = any($2))
    and ($3::text is null or f.trustuid = $3)
order by
    f.trustuid,
    array_position(array['template', 'research', 'visit', 'moderation', 'success', 'challenge'], f.kind),
    what,
    f.thing_id
