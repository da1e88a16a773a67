-- $1 at, $2 the school's URNs, $3 trust, $4 the smallest group whose mean is shown
with recursive
-- schools.sql
-- staff.sql
-- impact_facts.sql
space as (
    select programme_id, sum(places)::int as places from run group by programme_id
),
said as (  -- of everybody, whichever school is asked for
    select programme_id, array_agg(level order by level) as levels, array_agg(mean order by level) as means
    from (
        select r.programme_id, v.level, round(avg(v.score), 1)::float as mean
        from evaluation v
        join run r on r.session_id = v.session_id
        left join survivor s on s.entry = v.person_id
        group by r.programme_id, v.level
        having count(distinct coalesce(s.person_id, v.person_id)) >= $4
    ) by_level
    group by programme_id
),
changed as (
    select programme_id,
        array_agg(measure order by evidenced_on, event_id) as measures,
        array_agg(school order by evidenced_on, event_id) as measured_at,
        array_agg(follow_up_thousandths - baseline_thousandths order by evidenced_on, event_id) as changes,
        array_agg(disadvantaged_follow_up_thousandths - disadvantaged_baseline_thousandths
            order by evidenced_on, event_id) as disadvantaged_changes
    from evidence
    group by programme_id
)
select
    p.trustuid,
    p.programme_id::text as programme_id,
    p.title as programme,
    p.kind,
    p.urn,
    coalesce(h.name, p.urn) as school,
    p.cost_pence,
    s.places,
    coalesce(v.levels, '{}') as levels,
    coalesce(v.means, '{}') as means,
    coalesce(c.measures, '{}') as measures,
    coalesce(c.measured_at, '{}') as measured_at,
    coalesce(c.changes, '{}') as change_thousandths,
    coalesce(c.disadvantaged_changes, '{}') as disadvantaged_change_thousandths,
    $2::text[] is null or p.urn = any($2) as own
from programme p
left join school h on h.trustuid = p.trustuid and h.urn = p.urn
left join space s on s.programme_id = p.programme_id
left join said v on v.programme_id = p.programme_id
left join changed c on c.programme_id = p.programme_id
where $3::text is null or p.trustuid = $3
order by p.trustuid, p.title, p.programme_id
