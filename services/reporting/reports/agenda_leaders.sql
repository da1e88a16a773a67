-- $1 at, $2 the school's URNs, $3 trust, $4 cycle, $5 the roles that lead a school
with recursive
-- schools.sql
-- asked.sql
-- staff.sql
-- school_weeks.sql
plan as (  -- each one-to-one: whose, and from when on it was planned or held
    select o.trustuid, coalesce(s.person_id, o.leader_id) as person_id, o.one_to_one_id,
        least(o.planned_on, o.held_on) as from_on, o.planned_event_id, o.held_on, o.held_event_id
    from one_to_one o
    left join survivor s on s.entry = o.leader_id
),
planned as (  -- the latest plan of a leader, from day to day
    select trustuid, person_id, planned_event_id as event_id, from_on,
        lead(from_on) over (partition by trustuid, person_id order by from_on, one_to_one_id) as until_on
    from plan
),
talked as (  -- the latest that was held
    select trustuid, person_id, held_event_id as event_id, held_on as from_on,
        lead(held_on) over (partition by trustuid, person_id order by held_on, one_to_one_id) as until_on
    from plan
    where held_on is not null
),
post as (  -- each role that an engagement has, from day to day
    select person_id, engagement_id, role, from_on,
        lead(from_on) over (partition by person_id, engagement_id order by from_on, streamversion) as until_on
    from engagement_term
    where role is not null
),
pause as (
    select person_id, engagement_id, paused, from_on,
        lead(from_on) over (partition by person_id, engagement_id order by from_on, streamversion) as until_on
    from engagement_term
    where paused is not null
),
able as (  -- who may lead somewhere: has been planned for, or has led a school
    select distinct e.trustuid, e.urn, e.person_id as entry, coalesce(s.person_id, e.person_id) as person_id,
        e.engagement_id, e.started_on, e.ended_on, e.event_id
    from engagement e
    left join survivor s on s.entry = e.person_id
    where not e.moved and e.urn is not null and (
        exists (select 1 from plan p where p.trustuid = e.trustuid and p.person_id = coalesce(s.person_id, e.person_id))
        or exists (
            select 1
            from post t
            where t.person_id = e.person_id and t.engagement_id = e.engagement_id and t.role = any($5::text[])
        )
    )
),
begun as (
    select e.trustuid, e.cycle, e.urn,
        least(c.ends_on, ($1::timestamptz at time zone 'Europe/London')::date) as last_on,
        coalesce(k.urn, '') as calendar
    from expected e
    join cycle c on c.trustuid = e.trustuid and c.cycle = e.cycle
        and c.starts_on <= ($1::timestamptz at time zone 'Europe/London')::date
    left join calendar k on k.trustuid = e.trustuid and k.urn = e.urn
    where $2::text[] is null or e.urn = any($2)
),
leader as (  -- who worked there on the last day, and leads
    select distinct on (b.trustuid, b.cycle, b.urn, a.person_id)
        b.trustuid, b.cycle, b.urn, b.calendar, b.last_on, a.person_id, coalesce(p.event_id, a.event_id) as event_id
    from begun b
    join able a on a.trustuid = b.trustuid and a.urn = b.urn
        and a.started_on <= b.last_on and (a.ended_on is null or a.ended_on >= b.last_on)
    join post t on t.person_id = a.entry and t.engagement_id = a.engagement_id
        and t.from_on <= b.last_on and (t.until_on is null or t.until_on > b.last_on)
    left join pause z on z.person_id = a.entry and z.engagement_id = a.engagement_id
        and z.from_on <= b.last_on and (z.until_on is null or z.until_on > b.last_on)
    left join planned p on p.trustuid = b.trustuid and p.person_id = a.person_id
        and p.from_on <= b.last_on and (p.until_on is null or p.until_on > b.last_on)
    where not coalesce(z.paused, false) and (p.event_id is not null or t.role = any($5::text[]))
    order by b.trustuid, b.cycle, b.urn, a.person_id, a.started_on, a.event_id
)
select
    l.trustuid,
    l.cycle,
    l.urn,
    count(*) as leaders,
    array_agg(l.event_id order by l.person_id) as leaders__events,
    case when min(w.since) is not null then count(t.event_id) filter (where t.from_on >= w.since) end
        as leaders_with_one_to_one,
    array_agg(t.event_id order by t.from_on, l.person_id) filter (where t.from_on >= w.since)
        as leaders_with_one_to_one__events
from leader l
left join school_week w on w.trustuid = l.trustuid and w.calendar = l.calendar
    and w.monday <= l.last_on and (w.next is null or w.next > l.last_on)
left join talked t on t.trustuid = l.trustuid and t.person_id = l.person_id
    and t.from_on <= l.last_on and (t.until_on is null or t.until_on > l.last_on)
group by l.trustuid, l.cycle, l.urn
