-- $1 at, $2 the school's URNs, $3 trust, $4 roles, $5 the level of each
with recursive
-- schools.sql
-- places.sql
-- staff.sql
leader as (  -- who heads a school or is a senior leader today: each once, as the highest that they are
    select distinct on (w.trustuid, w.person_id) w.trustuid, w.person_id, w.started_on, w.event_id,
        case l.level when 'head' then 'heads' else 'senior_leaders' end as leaders
    from working w
    join unnest($4::text[], $5::text[]) l(role, level) on l.role = w.role and l.level in ('head', 'senior')
    left join place p on p.trustuid = w.trustuid and p.urn = w.urn
    where not w.paused and p.has_left is not true
        and ($2::text[] is null or w.urn = any($2))
        and ($3::text is null or w.trustuid = $3)
    order by w.trustuid, w.person_id, l.level, w.started_on, w.event_id
),
gained as (  -- what somebody holds, or else works for
    select person_id, course, true as held from award
    union all
    select person_id, course, outcome is not distinct from 'passed'
    from enrolment
    where outcome = 'passed' or (not withdrawn and (outcome is null or outcome = 'voided'))
),
qualified as (
    select coalesce(s.person_id, g.person_id) as person_id,
        bool_or(g.held and g.course = 'npq-headship') as npqh,
        bool_or(g.held and g.course in ('masters', 'mba')) as masters
    from gained g
    left join survivor s on s.entry = g.person_id
    where g.course in ('npq-headship', 'masters', 'mba')
    group by coalesce(s.person_id, g.person_id)
),
counted as (
    select l.*,
        case
            when q.npqh and q.masters then 'both'
            when q.npqh then 'npqh_only'
            when q.masters then 'masters_only'
            when q.person_id is not null then 'in_progress'
            else 'none'
        end as have
    from leader l
    left join qualified q on q.person_id = l.person_id
)
select
    trustuid,
    case when grouping(leaders) = 1 then 'all' else leaders end as leaders,
    count(*) as people,
    array_agg(event_id order by started_on, event_id) as people__events,
    count(*) filter (where have = 'both') as both,
    array_agg(event_id order by started_on, event_id) filter (where have = 'both') as both__events,
    count(*) filter (where have = 'npqh_only') as npqh_only,
    array_agg(event_id order by started_on, event_id) filter (where have = 'npqh_only') as npqh_only__events,
    count(*) filter (where have = 'masters_only') as masters_only,
    array_agg(event_id order by started_on, event_id) filter (where have = 'masters_only') as masters_only__events,
    count(*) filter (where have = 'in_progress') as in_progress,
    array_agg(event_id order by started_on, event_id) filter (where have = 'in_progress') as in_progress__events,
    count(*) filter (where have = 'none') as none,
    array_agg(event_id order by started_on, event_id) filter (where have = 'none') as none__events
from counted
group by grouping sets ((trustuid, leaders), (trustuid))
order by trustuid, grouping(leaders), counted.leaders
