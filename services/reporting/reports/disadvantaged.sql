-- $1 the school's URNs, $2 trust
with named as (
    select l.kind, l.thing, array_agg(coalesce(s.name, u.urn) order by u.place) as schools
    from lens l
    cross join unnest(l.urns) with ordinality u (urn, place)
    left join school s on s.trustuid = l.trustuid and s.urn = u.urn
    group by l.kind, l.thing
)
select
    l.trustuid,
    l.kind,
    coalesce(l.what, f.what) as what,
    l.urns,
    coalesce(n.schools, '{}') as schools,
    l.has_note,
    l.lens,
    l.baseline_thousandths,
    l.follow_up_thousandths,
    l.happened_at as said_at,
    l.event_id::text as event_id
from lens l
left join named n on n.kind = l.kind and n.thing = l.thing
left join lens f on f.kind = 'focus' and f.thing = l.focus_id::text
where l.rag is distinct from 'not_applicable'
    and ($1::text[] is null or l.urns && $1)
    and ($2::text is null or l.trustuid = $2)
order by l.trustuid, array_position(array['plan', 'focus', 'change', 'answer', 'impact'], l.kind), l.has_note,
    l.happened_at desc, l.event_id
