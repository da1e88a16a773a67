-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- schools.sql
-- places.sql
-- staff.sql
now as (select ($1::timestamptz at time zone 'Europe/London')::date as day),
asked as (  -- what is required today of each training
    select distinct on (r.trustuid, r.training) r.*
    from requirement r
    cross join now t
    where r.effective_from <= t.day and ($3::text is null or r.trustuid = $3)
    order by r.trustuid, r.training, r.streamversion desc
),
first_asked as (  -- what nobody required when it was recorded is judged by the first requirement that came after
    select distinct on (trustuid, training) trustuid, training, recurrence_months, effective_from
    from requirement
    order by trustuid, training, streamversion
),
engaged as (  -- at which site of today, as what; `away`: all of somebody's engagements are paused
    select w.trustuid, w.person_id, w.role, w.paused, coalesce(p.current_urn, w.urn) as urn,
        coalesce(n.name, p.current_urn, w.urn, 'the trust') as school,
        bool_and(w.paused) over (partition by w.trustuid, w.person_id) as away
    from working w
    left join place p on p.trustuid = w.trustuid and p.urn = w.urn
    left join school n on n.trustuid = p.trustuid and n.urn = p.current_urn
    where p.has_left is not true
        and ($2::text[] is null or w.urn = any($2))
        and ($3::text is null or w.trustuid = $3)
),
done as (  -- the last day on which each completion counts; null: it counts for good
    select coalesce(s.person_id, c.person_id) as person_id, c.training, c.completed_on, c.event_id,
        case
            when c.dated_by <> 'nobody_yet' then c.expires_on
            when f.recurrence_months is not null then greatest(
                (c.completed_on + make_interval(months => f.recurrence_months))::date, f.effective_from - 1
            )
        end as counts_until
    from completion c
    left join survivor s on s.entry = c.person_id
    left join first_asked f on f.trustuid = c.trustuid and f.training = c.training
    where coalesce(s.person_id, c.person_id) in (select person_id from engaged)
),
lasting as (  -- of somebody's completions of a training the one that counts for longest
    select distinct on (person_id, training) *
    from done
    order by person_id, training, counts_until desc nulls first, completed_on desc, event_id desc
),
site as (  -- where each person works
    select trustuid, person_id, array_agg(urn order by school, urn) as urns,
        array_agg(school order by school, urn) as schools
    from (select distinct trustuid, person_id, urn, school from engaged where away or not paused) distinct_sites
    group by trustuid, person_id
),
person_today as (
    select e.trustuid, e.person_id, e.away, s.urns, s.schools, array_agg(distinct e.role order by e.role) as roles
    from engaged e
    join site s on s.trustuid = e.trustuid and s.person_id = e.person_id
    where e.away or not e.paused
    group by e.trustuid, e.person_id, e.away, s.urns, s.schools
)
select
    p.trustuid,
    a.training,
    a.title as requirement,
    a.basis,
    a.minimum_per_site,
    p.person_id::text as person_id,
    p.urns,
    p.schools,
    p.roles,
    p.away,
    q.required,
    case
        when p.away or (q.required is false and (a.minimum_per_site is null or l.person_id is null))
            then 'not_applicable'
        when l.person_id is null then 'never'
        when l.counts_until is null or l.counts_until > t.day + 30 then 'compliant'
        when l.counts_until >= t.day then 'due_in_30_days'
        when l.counts_until + a.grace_days >= t.day then 'in_grace'
        else 'lapsed'
    end as state,
    l.person_id is not null and (l.counts_until is null or l.counts_until >= t.day) as counts,
    l.completed_on,
    l.counts_until,
    l.counts_until + a.grace_days as grace_until,
    l.event_id::text as event_id,
    a.event_id::text as required_event_id
from person_today p
cross join now t
join asked a on a.trustuid = p.trustuid
cross join lateral (
    select not p.away and a.minimum_per_site is null and (a.roles = '{}' or a.roles && p.roles) as required
) q
left join lasting l on l.person_id = p.person_id and l.training = a.training
order by p.trustuid, a.training, p.schools, p.person_id
