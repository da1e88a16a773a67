-- $1 at, $2 the school's URNs, $3 trust, $4 roles, $5 the level of each: each figure of a programme and what it counts
with recursive
-- schools.sql
-- staff.sql
-- impact_facts.sql
participant as (  -- each once a programme, by the first session that they came to
    select distinct on (programme_id, person_id) programme_id, person_id, starts_at, day, event_id
    from recorded
    where came
    order by programme_id, person_id, starts_at, event_id
),
post as (  -- who works from when to when, at which level
    select e.person_id, e.from_on, e.to_on,
        case
            when e.kind in ('governor', 'trustee') then 'governor'
            when e.kind = 'trainee' then 'trainee'
            when e.urn is null then 'trust'
            else l.level
        end as level
    from (
        select coalesce(s.person_id, t.person_id) as person_id, e.kind, e.urn, t.role,
            greatest(t.from_on, e.started_on) as from_on,
            least(lead(t.from_on) over (
                partition by t.person_id, t.engagement_id order by t.from_on, t.streamversion
            ) - 1, e.ended_on) as to_on
        from engagement_term t
        join engagement e on e.person_id = t.person_id and e.engagement_id = t.engagement_id
        left join survivor s on s.entry = t.person_id
        where t.role is not null and not e.moved
    ) e
    join unnest($4::text[], $5::text[]) l(role, level) on l.role = e.role
),
level_then as (  -- on the day of that session: of several posts the one that leads most
    select distinct on (p.programme_id, p.person_id) p.programme_id, p.person_id, w.level
    from participant p
    join post w on w.person_id = p.person_id and w.from_on <= p.day and (w.to_on is null or w.to_on >= p.day)
    order by p.programme_id, p.person_id, array_position(
        array['head', 'senior', 'middle', 'teacher', 'trainee', 'support', 'trust', 'governor'], w.level
    )
),
stage_then as (
    select distinct on (p.programme_id, p.person_id) p.programme_id, p.person_id, c.stage
    from participant p
    join (
        select coalesce(s.person_id, c.person_id) as person_id, c.stage, c.assessed_on, c.logindex
        from career_stage c
        left join survivor s on s.entry = c.person_id
    ) c on c.person_id = p.person_id and c.assessed_on <= p.day
    order by p.programme_id, p.person_id, c.assessed_on desc, c.logindex desc
),
at_school as (  -- from and to when each came, for which school
    select programme_id, person_id, urn, min(day) as first_day, max(day) as last_day
    from recorded
    where came and urn is not null
    group by programme_id, person_id, urn
),
shown as (  -- whether there is evidence from their school in time, or may be yet
    select a.programme_id, a.person_id, bool_or(e.impact_id is not null) as evidence,
        bool_or(a.last_day + 180 >= n.day) as in_time
    from at_school a
    cross join now n
    left join evidence e on e.programme_id = a.programme_id and e.current_urn = a.urn
        and e.evidenced_on between a.first_day and a.last_day + 180
    group by a.programme_id, a.person_id
),
counted (programme_id, figure, since, event_id) as (
    select programme_id, 'sessions', starts_at, event_id from run
    union all
    select r.programme_id, 'booked', r.starts_at, b.event_id
    from booking b
    join run r on r.session_id = b.session_id
    where b.state = 'booked' and ($2::text[] is null or b.urn = any($2))
    union all
    select programme_id, 'attendance_recorded', starts_at, event_id from recorded
    union all
    select programme_id, 'attended', starts_at, event_id from recorded where came
    union all
    select p.programme_id, f.figure, p.starts_at, p.event_id
    from participant p
    left join level_then l on l.programme_id = p.programme_id and l.person_id = p.person_id
    left join stage_then c on c.programme_id = p.programme_id and c.person_id = p.person_id
    left join shown e on e.programme_id = p.programme_id and e.person_id = p.person_id
    cross join lateral (values
        ('participants'),
        ('level_' || coalesce(l.level, 'not_known')),
        ('stage_' || coalesce(replace(c.stage, 'stage_', ''), 'not_known')),
        (case when e.evidence then 'with_evidence' when e.in_time then 'evidence_may_come' end)
    ) f(figure)
    union all
    select r.programme_id, 'evaluations_' || v.level, v.evaluated_on, v.event_id
    from evaluation v
    join run r on r.session_id = v.session_id
    union all
    select programme_id, 'evidence', evidenced_on, event_id from evidence
    union all
    select programme_id, 'evidence_of_disadvantaged', evidenced_on, event_id
    from evidence
    where disadvantaged_follow_up_thousandths is not null
)
select programme_id::text as programme_id, figure, count(*) as n, array_agg(event_id order by since, event_id) as events
from counted
where figure is not null
group by programme_id, figure
