-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- schools.sql
-- places.sql
here as (  -- a change and each school that it is at, by its URN of today
    select x.trustuid, x.urn, coalesce(p.current_urn, x.urn) as current_urn, c.change_id, c.from_on, c.to_on,
        c.adopted_event_id
    from change_school x
    join change c on c.change_id = x.change_id
    left join place p on p.trustuid = x.trustuid and p.urn = x.urn
    where ($2::text[] is null or x.urn = any($2))
        and ($3::text is null or x.trustuid = $3)
),
overlap as (
    select change_id, urn, count(*) as concurrent, array_agg(event_id order by from_on, event_id) as concurrent__events
    from (
        select distinct h.change_id, h.urn, o.from_on, o.adopted_event_id as event_id
        from here h
        join here o on o.trustuid = h.trustuid and o.current_urn = h.current_urn
            and o.from_on <= h.to_on and o.to_on >= h.from_on
    ) pairs
    group by change_id, urn
),
consulted as (
    select change_id, count(*) as consultations, array_agg(event_id order by streamversion) as consultations__events,
        max(streamversion) as streamversion
    from consultation
    group by change_id
),
spread as (
    select change_id, count(*) as schools from change_school group by change_id
),
told as (  -- what a school was told, a row a decision and role
    select d.trustuid, a.urn, d.change_id, d.cascaded_on, d.event_id, a.role,
        row_number() over (partition by a.urn, a.decision_id order by a.role) as number,
        u.understood, u.expected, u.event_id as answer_event_id
    from decision_audience a
    join decision d on d.decision_id = a.decision_id
    left join understanding u on u.decision_id = a.decision_id and u.urn = a.urn and u.role = a.role
    where ($2::text[] is null or a.urn = any($2))
        and ($3::text is null or d.trustuid = $3)
),
understood as (
    select trustuid, urn, change_id,
        count(*) filter (where number = 1) as decisions,
        array_agg(event_id order by cascaded_on, event_id) filter (where number = 1) as decisions__events,
        count(*) as roles_asked,
        array_agg(event_id order by cascaded_on, event_id) as roles_asked__events,
        count(answer_event_id) as roles_answered,
        array_agg(answer_event_id order by cascaded_on, event_id, role) filter (where answer_event_id is not null)
            as roles_answered__events,
        sum(understood) as understood,
        sum(expected) as expected
    from told
    group by trustuid, urn, change_id
),
cell as (  -- what a school is under, and what it was told
    select coalesce(h.trustuid, u.trustuid) as trustuid, coalesce(h.urn, u.urn) as urn,
        coalesce(h.change_id, u.change_id) as change_id, h.change_id is not null as is_here,
        u.decisions, u.decisions__events, u.roles_asked, u.roles_asked__events,
        u.roles_answered, u.roles_answered__events, u.understood, u.expected
    from here h
    full join understood u on u.trustuid = h.trustuid and u.urn = h.urn and u.change_id = h.change_id
)
select
    e.trustuid,
    e.urn,
    coalesce(s.name, e.urn) as school,
    e.change_id::text as change_id,
    c.title as change,
    c.align,
    case
        when not e.is_here then null
        when c.dropped_on is not null then 'dropped'
        when c.from_on is null then 'proposed'
        when c.from_on > ($1::timestamptz at time zone 'Europe/London')::date then 'coming'
        when c.to_on < ($1::timestamptz at time zone 'Europe/London')::date then 'over'
        else 'under_way'
    end as state,
    c.proposed_on,
    c.from_on,
    c.to_on,
    o.concurrent,
    o.concurrent__events,
    c.days,
    c.cost_pence,
    w.schools,
    case when c.change_id is not null then coalesce(k.consultations, 0) end as consultations,
    k.consultations__events,
    case
        when c.change_id is null then null
        when l.meets_standard then 'as_asked'
        when not l.meets_standard then 'short'
        when l.change_id is not null then 'no_standard'
        when c.from_on is null and c.dropped_on is null then 'not_yet'
        else 'none'
    end as consultation,
    l.to_on - l.from_on + 1 as consulted_days,
    case when l.meets_standard is not null then l.days_short end as days_short,
    l.groups as consulted_groups,
    case when l.meets_standard is not null then l.missing_groups end as missing_groups,
    coalesce(e.decisions, 0) as decisions,
    e.decisions__events,
    coalesce(e.roles_asked, 0) as roles_asked,
    e.roles_asked__events,
    coalesce(e.roles_answered, 0) as roles_answered,
    e.roles_answered__events,
    e.understood,
    e.expected,
    round(100.0 * e.understood / nullif(e.expected, 0))::integer as understood_percent,
    c.event_id::text as event_id
from cell e
left join place p on p.trustuid = e.trustuid and p.urn = e.urn
left join school s on s.trustuid = e.trustuid and s.urn = e.urn
left join change c on c.change_id = e.change_id
left join spread w on w.change_id = c.change_id
left join overlap o on o.change_id = c.change_id and o.urn = e.urn
left join consulted k on k.change_id = c.change_id
left join consultation l on l.change_id = k.change_id and l.streamversion = k.streamversion
where not coalesce(p.has_left, false)
order by e.trustuid, school, e.urn, c.from_on, c.proposed_on, change, e.change_id
