-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- staff.sql
now as (
    select day, extract(year from day - interval '8 months')::int as began
    from (values (($1::timestamptz at time zone 'Europe/London')::date)) d (day)
),
pool as (  -- memberships of today
    select c.trustuid, c.person_id, c.places
    from coach c
    join now n on c.from_on <= n.day and (c.to_on is null or c.to_on >= n.day) and (c.left_on is null or c.left_on > n.day)
),
belongs (trustuid, entry, member_as) as (
    select trustuid, leader_id, 'leader'
    from leader
    where not ended and informed and (endorsed or not by_self)
    union all
    select trustuid, person_id, 'coach' from pool
    union all
    select d.trustuid, d.person_id, d.scheme
    from bank_designation d
    join now n on d.from_on <= n.day and (d.to_on is null or d.to_on >= n.day)
        and (d.withdrawn_on is null or d.withdrawn_on > n.day)
),
member as (
    select b.trustuid, coalesce(s.person_id, b.entry) as person_id,
        array_agg(distinct b.member_as order by b.member_as) as member_as
    from belongs b
    left join survivor s on s.entry = b.entry
    group by b.trustuid, coalesce(s.person_id, b.entry)
),
works as (
    select w.trustuid, w.person_id, array_agg(w.urn order by w.urn) as urns,
        array_agg(coalesce(h.name, w.urn) order by w.urn) as schools
    from (select distinct trustuid, person_id, urn from working where urn is not null) w
    left join school h on h.trustuid = w.trustuid and h.urn = w.urn
    group by w.trustuid, w.person_id
),
fact (trustuid, entry, kind, basis, gained_on, event_id, banked) as (
    select trustuid, person_id, case when kind = 'qualification' then 'other' else kind end, basis, gained_on, event_id,
        source = 'experience'
    from bank_entry
    union all
    select trustuid, coach_id, 'coaching', pairing_id, ended_on, ended_event_id, false from pairing where sessions > 0
    union all
    select p.trustuid, c.coachee_id, 'coached', p.pairing_id, p.ended_on, p.ended_event_id, false
    from pairing p
    cross join unnest(p.coachee_ids) c (coachee_id)
    where p.sessions > 0
    union all
    select trustuid, person_id, 'deployment', deployment_id, ended_on, ended_event_id, false
    from bank_deployment
    where outcome <> 'called_off'
),
gained as (  -- the same thing counts once, by what happened rather than by what was banked of it
    select distinct on (f.trustuid, coalesce(s.person_id, f.entry), f.kind, f.basis)
        f.trustuid, coalesce(s.person_id, f.entry) as person_id, f.kind, f.gained_on, f.event_id,
        extract(year from f.gained_on - interval '8 months')::int as began
    from fact f
    left join survivor s on s.entry = f.entry
    order by f.trustuid, coalesce(s.person_id, f.entry), f.kind, f.basis, f.banked, f.gained_on, f.event_id
),
load as (
    select p.trustuid, coalesce(s.person_id, p.coach_id) as person_id, count(*) as pairings,
        array_agg(p.event_id order by p.starts_on, p.event_id) as event_ids
    from pairing p
    join now n on p.ends_on is null or p.ends_on >= n.day
    left join survivor s on s.entry = p.coach_id
    where p.ended_on is null
    group by p.trustuid, coalesce(s.person_id, p.coach_id)
),
place as (
    select c.trustuid, coalesce(s.person_id, c.person_id) as person_id, sum(c.places)::int as places
    from pool c
    left join survivor s on s.entry = c.person_id
    group by c.trustuid, coalesce(s.person_id, c.person_id)
),
line as (
    select m.trustuid, m.person_id, n.began from member m cross join now n
    union
    select m.trustuid, m.person_id, g.began
    from member m
    join gained g on g.trustuid = m.trustuid and g.person_id = m.person_id
)
select
    l.trustuid,
    l.person_id::text as person_id,
    coalesce(w.urns, '{}') as urns,
    coalesce(w.schools, '{}') as schools,
    m.member_as,
    l.began || '/' || to_char((l.began + 1) % 100, 'fm00') as academic_year,
    count(*) filter (where g.kind <> 'coached') as experience,
    array_agg(g.event_id order by g.gained_on, g.event_id) filter (where g.kind <> 'coached') as experience__events,
    count(*) filter (where g.kind = 'project') as projects,
    array_agg(g.event_id order by g.gained_on, g.event_id) filter (where g.kind = 'project') as projects__events,
    count(*) filter (where g.kind = 'review') as reviews,
    array_agg(g.event_id order by g.gained_on, g.event_id) filter (where g.kind = 'review') as reviews__events,
    count(*) filter (where g.kind = 'coaching') as coaching,
    array_agg(g.event_id order by g.gained_on, g.event_id) filter (where g.kind = 'coaching') as coaching__events,
    count(*) filter (where g.kind = 'deployment') as deployments,
    array_agg(g.event_id order by g.gained_on, g.event_id) filter (where g.kind = 'deployment') as deployments__events,
    count(*) filter (where g.kind = 'other') as other,
    array_agg(g.event_id order by g.gained_on, g.event_id) filter (where g.kind = 'other') as other__events,
    count(*) filter (where g.kind = 'coached') as coaching_received,
    array_agg(g.event_id order by g.gained_on, g.event_id) filter (where g.kind = 'coached')
        as coaching_received__events,
    case when l.began = n.began then coalesce(o.pairings, 0) end as coaching_load,
    case when l.began = n.began then o.event_ids end as coaching_load__events,
    case when l.began = n.began then coalesce(p.places, 0) end as coaching_places
from line l
cross join now n
join member m on m.trustuid = l.trustuid and m.person_id = l.person_id
left join gained g on g.trustuid = l.trustuid and g.person_id = l.person_id and g.began = l.began
left join works w on w.trustuid = l.trustuid and w.person_id = l.person_id
left join load o on o.trustuid = l.trustuid and o.person_id = l.person_id
left join place p on p.trustuid = l.trustuid and p.person_id = l.person_id
where ($2::text[] is null or w.urns && $2)
    and ($3::text is null or l.trustuid = $3)
group by l.trustuid, l.person_id, l.began, n.began, w.urns, w.schools, m.member_as, o.pairings, o.event_ids, p.places
order by l.trustuid, l.person_id, l.began desc
