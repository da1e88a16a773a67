-- $1 at, $2 trust: who is named for which post, each person once, and what they are ready for
with recursive
-- staff.sql
named as (
    select p.post_id, p.post_type, coalesce(v.person_id, s.leader_id) as person_id,
        bool_and(s.emergency_cover) as emergency_cover,
        (array_agg(s.event_id order by s.emergency_cover, s.logindex))[1] as event_id
    from successor s
    join post p on p.post_id = s.post_id
    left join survivor v on v.entry = s.leader_id
    where not s.removed and ($2::text is null or p.trustuid = $2)
    group by p.post_id, p.post_type, coalesce(v.person_id, s.leader_id)
),
record as (
    select coalesce(v.person_id, l.leader_id) as person_id,
        bool_or(not l.ended and (not l.by_self or l.endorsed)) as active,
        bool_or(l.informed) as informed
    from leader l
    left join survivor v on v.entry = l.leader_id
    group by coalesce(v.person_id, l.leader_id)
),
assessed as (  -- the latest; one with a single assessor only where there is no other
    select distinct on (coalesce(v.person_id, r.leader_id), r.post_type)
        coalesce(v.person_id, r.leader_id) as person_id, r.post_type, r.readiness, r.provisional, r.valid_until,
        r.event_id
    from readiness r
    left join survivor v on v.entry = r.leader_id
    order by coalesce(v.person_id, r.leader_id), r.post_type, r.provisional, r.happened_at desc, r.logindex desc
)
select n.post_id::text as post_id, n.person_id, n.event_id as named_event_id, coalesce(a.event_id, n.event_id) as shown_event_id,
    case when n.emergency_cover then 'cover' when r.informed then 'successor' else 'not_told' end as as_what,
    case
        when a.event_id is null then 'not_assessed'
        when a.provisional then 'provisional'
        when a.valid_until < ($1::timestamptz at time zone 'Europe/London')::date then 'expired'
        else a.readiness
    end as standing
from named n
left join record r on r.person_id = n.person_id
left join assessed a on a.person_id = n.person_id and a.post_type = n.post_type
where n.emergency_cover or r.active
order by n.post_id, n.person_id
