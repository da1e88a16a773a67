-- $1 the school's URNs, $2 trust
with thing (trustuid, kind, thing_id, what, shared_by) as (
    select distinct on (template_id) trustuid, 'template', template_id::text, title, coalesce(urn, 'trust')
    from practice_template
    order by template_id, streamversion desc
),
time (trustuid, kind, thing_id, event_id, happened_at) as (  -- how often
    select trustuid, 'template', template_id::text, event_id, happened_at from practice_template
    union all
    select g.trustuid, 'research', f.group_id::text, f.event_id, f.happened_at
    from research_finding f
    join research_group g on g.group_id = f.group_id
    union all
    select trustuid, 'visit', kind, event_id, happened_at from peer_visit
    union all
    select trustuid, 'moderation', subject, held_event_id, held_at from moderation where held_at is not null
    union all
    select trustuid, kind, theme, event_id, happened_at from shared_experience
),
part (trustuid, kind, thing_id, urn, event_id, happened_at) as (  -- which schools
    select t.trustuid, t.kind, t.thing_id, a.urn, a.event_id, a.happened_at
    from thing t
    join template_adoption a on a.template_id::text = t.thing_id
    union all
    select g.trustuid, 'research', g.group_id::text, s.urn, g.event_id, g.happened_at
    from research_group g
    join research_school s on s.group_id = g.group_id
    union all
    select trustuid, 'visit', kind, from_urn, event_id, happened_at from peer_visit
    union all
    select trustuid, 'visit', kind, to_urn, event_id, happened_at from peer_visit
    union all
    select m.trustuid, 'moderation', m.subject, s.urn, m.held_event_id, m.held_at
    from moderation m
    join moderation_school s on s.moderation_id = m.moderation_id and s.held
    union all
    select trustuid, kind, theme, urn, event_id, happened_at from shared_experience
),
told as (
    select trustuid, kind, thing_id, count(*) as times, array_agg(event_id order by happened_at, event_id) as events,
        max(happened_at) as last_at
    from time
    group by trustuid, kind, thing_id
),
first_part as (  -- each school once
    select distinct on (trustuid, kind, thing_id, urn) *
    from part
    order by trustuid, kind, thing_id, urn, happened_at, event_id
),
took_part as (
    select p.trustuid, p.kind, p.thing_id, count(*) as schools, array_agg(p.urn) as urns,
        array_agg(p.event_id order by coalesce(s.name, p.urn), p.urn) as events,
        array_agg(coalesce(s.name, p.urn) order by coalesce(s.name, p.urn), p.urn) as names
    from first_part p
    left join school s on s.trustuid = p.trustuid and s.urn = p.urn
    group by p.trustuid, p.kind, p.thing_id
),
latest as (
    select trustuid, kind, thing_id, max(happened_at) as last_at
    from (
        select trustuid, kind, thing_id, happened_at from time
        union all
        select trustuid, kind, thing_id, happened_at from part
    ) both_of_them
    group by trustuid, kind, thing_id
)
select
    l.trustuid,
    l.kind,
    l.thing_id,
    coalesce(t.what, g.question, l.thing_id) as what,
    case when t.shared_by = 'trust' then 'The trust' else coalesce(s.name, t.shared_by) end as shared_by,
    coalesce(n.times, 0) as times,
    n.events as times__events,
    coalesce(p.schools, 0) as schools,
    p.events as schools__events,
    coalesce(p.names, '{}') as school_names,
    l.last_at
from latest l
left join thing t on t.trustuid = l.trustuid and t.kind = l.kind and t.thing_id = l.thing_id
left join research_group g on l.kind = 'research' and g.group_id::text = l.thing_id
left join told n on n.trustuid = l.trustuid and n.kind = l.kind and n.thing_id = l.thing_id
left join took_part p on p.trustuid = l.trustuid and p.kind = l.kind and p.thing_id = l.thing_id
left join school s on s.trustuid = l.trustuid and s.urn = t.shared_by
where ($1::text[] is null or p.urns && $1 or t.shared_by = any($1))
    and ($2::text is null or l.trustuid = $2)
order by l.trustuid, l.kind, what, l.thing_id
