-- $1 at, $2 trust: who is employed on that day, where they work most first, and the stage of their career then
with recursive
-- staff.sql
stage as (
    select distinct on (coalesce(v.person_id, c.person_id))
        coalesce(v.person_id, c.person_id) as person_id, c.stage, c.event_id
    from career_stage c
    left join survivor v on v.entry = c.person_id
    where c.assessed_on <= ($1::timestamptz at time zone 'Europe/London')::date
    order by coalesce(v.person_id, c.person_id), c.assessed_on desc, c.logindex desc
)
select w.trustuid, w.person_id, coalesce(w.urn, 'trust') as urn, w.paused, coalesce(s.stage, 'not_assessed') as stage,
    coalesce(s.event_id, w.event_id) as event_id, w.event_id as engaged_event_id
from working w
left join stage s on s.person_id = w.person_id
where w.kind in ('permanent', 'fixed_term', 'trainee')
    and ($2::text is null or w.trustuid = $2)
order by w.trustuid, w.paused, w.fte_hundredths desc, w.started_on, w.engagement_id
