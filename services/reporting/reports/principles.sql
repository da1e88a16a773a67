-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- schools.sql
-- places.sql
said as (  -- by whom: a school by its URN of today, the trust by null
    select a.trustuid, coalesce(p.current_urn, a.urn) as urn, coalesce(p.name, a.urn) as school, a.instrument, g.item,
        g.answer, a.happened_at, a.logindex, a.event_id
    from self_assessment a
    join self_answer g on g.assessment_id = a.assessment_id
    left join place p on p.trustuid = a.trustuid and p.urn = a.urn
    where not coalesce(p.has_left, false)
        and ($2::text[] is null or a.urn is null or a.urn = any($2))
        and ($3::text is null or a.trustuid = $3)
),
latest as (
    select distinct on (trustuid, instrument, item, urn) *
    from said
    order by trustuid, instrument, item, urn, happened_at desc, logindex desc
),
own as (
    select trustuid, instrument, item, answer from latest where urn is null
)
select
    l.trustuid,
    l.instrument,
    l.item,
    o.answer as trust_answer,
    count(l.urn) as schools,
    array_agg(l.event_id order by l.urn) filter (where l.urn is not null) as schools__events,
    count(l.urn) filter (where l.answer = 'we_do_this') as we_do_this,
    array_agg(l.event_id order by l.urn) filter (where l.urn is not null and l.answer = 'we_do_this')
        as we_do_this__events,
    count(l.urn) filter (where l.answer = 'we_talk_about_it') as we_talk_about_it,
    array_agg(l.event_id order by l.urn) filter (where l.urn is not null and l.answer = 'we_talk_about_it')
        as we_talk_about_it__events,
    count(l.urn) filter (where l.answer = 'we_should') as we_should,
    array_agg(l.event_id order by l.urn) filter (where l.urn is not null and l.answer = 'we_should')
        as we_should__events,
    count(l.urn) filter (where l.answer = 'we_dont') as we_dont,
    array_agg(l.event_id order by l.urn) filter (where l.urn is not null and l.answer = 'we_dont') as we_dont__events,
    count(l.urn) filter (where l.answer = 'never_thought_about_it') as never_thought_about_it,
    array_agg(l.event_id order by l.urn) filter (where l.urn is not null and l.answer = 'never_thought_about_it')
        as never_thought_about_it__events,
    case when o.answer = 'we_do_this' then count(l.urn) filter (where l.answer <> 'we_do_this') end as say_not,
    case when o.answer = 'we_do_this' then
        array_agg(l.event_id order by l.urn) filter (where l.urn is not null and l.answer <> 'we_do_this')
    end as say_not__events,
    case when o.answer = 'we_do_this' then coalesce(
        array_agg(l.school order by l.school, l.urn) filter (where l.urn is not null and l.answer <> 'we_do_this'),
        '{}'
    ) end as schools_that_say_not
from latest l
left join own o on o.trustuid = l.trustuid and o.instrument = l.instrument and o.item = l.item
group by l.trustuid, l.instrument, l.item, o.answer
order by l.trustuid, l.instrument desc, l.item
