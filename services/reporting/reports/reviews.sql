-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- schools.sql
-- places.sql
-- staff.sql
now as (select ($1::timestamptz at time zone 'Europe/London')::date as day),
trained as (  -- each person once, by the first time
    select distinct on (r.trustuid, coalesce(s.person_id, p.reviewer_id))
        r.trustuid, coalesce(s.person_id, p.reviewer_id) as person_id, p.event_id, p.happened_at
    from review r
    join reviewer p on p.review_id = r.review_id
    left join survivor s on s.entry = p.reviewer_id
    where p.trained_on is not null
    order by r.trustuid, coalesce(s.person_id, p.reviewer_id), p.happened_at, p.event_id
),
fact (trustuid, urn, what, event_id, happened_at) as (
    select trustuid, urn, 'reviews_received', completed_event_id, completed_at
    from review
    where completed_at is not null
    union all
    select trustuid, urn, 'reviews_under_way', event_id, happened_at from review where completed_at is null
    union all
    select r.trustuid, p.reviewer_urn, 'reviews_given', r.completed_event_id, r.completed_at
    from review r
    join reviewer p on p.review_id = r.review_id
    where r.completed_at is not null
    union all
    select r.trustuid, r.urn, f.kind || 's', f.event_id, f.happened_at
    from review r
    join finding f on f.review_id = r.review_id
    union all
    select r.trustuid, r.urn, 'without_action', f.event_id, f.happened_at
    from review r
    join finding f on f.review_id = r.review_id
    where f.waived
    union all
    select r.trustuid, r.urn, is_so.what, a.event_id, a.happened_at
    from review r
    join follow_up a on a.review_id = r.review_id
    cross join now t
    cross join lateral (
        values
            ('actions_open', a.closed_at is null),
            ('actions_due_in_14_days', a.closed_at is null and a.due_on between t.day and t.day + 14),
            ('actions_overdue', a.closed_at is null and a.due_on < t.day),
            ('actions_closed', a.closed_at is not null)
    ) is_so (what, so)
    where is_so.so
    union all
    select w.trustuid, w.urn, 'trained_reviewers', p.event_id, p.happened_at
    from trained p
    join working w on w.trustuid = p.trustuid and w.person_id = p.person_id
    where not w.paused
    union all
    select trustuid, from_urn, 'visits_made', event_id, happened_at from peer_visit
    union all
    select trustuid, to_urn, 'visits_received', event_id, happened_at from peer_visit
),
at_school as (  -- once each, at the school of today: two of one school may review together
    select distinct f.trustuid, coalesce(t.current_urn, f.urn) as urn, f.what, f.event_id, f.happened_at
    from fact f
    left join today t on t.trustuid = f.trustuid and t.urn = f.urn
    where f.urn is not null
        and ($2::text[] is null or f.urn = any($2))
        and ($3::text is null or f.trustuid = $3)
)
select
    f.trustuid,
    f.urn,
    coalesce(s.name, f.urn) as school,
    count(*) filter (where f.what = 'reviews_received') as reviews_received,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'reviews_received')
        as reviews_received__events,
    count(*) filter (where f.what = 'reviews_under_way') as reviews_under_way,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'reviews_under_way')
        as reviews_under_way__events,
    count(*) filter (where f.what = 'reviews_given') as reviews_given,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'reviews_given')
        as reviews_given__events,
    count(*) filter (where f.what = 'reviews_given') - count(*) filter (where f.what = 'reviews_received')
        as given_minus_received,
    count(*) filter (where f.what = 'strengths') as strengths,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'strengths')
        as strengths__events,
    count(*) filter (where f.what = 'developments') as developments,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'developments')
        as developments__events,
    count(*) filter (where f.what = 'without_action') as without_action,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'without_action')
        as without_action__events,
    count(*) filter (where f.what = 'actions_open') as actions_open,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'actions_open')
        as actions_open__events,
    count(*) filter (where f.what = 'actions_due_in_14_days') as actions_due_in_14_days,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'actions_due_in_14_days')
        as actions_due_in_14_days__events,
    count(*) filter (where f.what = 'actions_overdue') as actions_overdue,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'actions_overdue')
        as actions_overdue__events,
    count(*) filter (where f.what = 'actions_closed') as actions_closed,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'actions_closed')
        as actions_closed__events,
    count(*) filter (where f.what = 'trained_reviewers') as trained_reviewers,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'trained_reviewers')
        as trained_reviewers__events,
    count(*) filter (where f.what = 'visits_made') as visits_made,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'visits_made')
        as visits_made__events,
    count(*) filter (where f.what = 'visits_received') as visits_received,
    array_agg(f.event_id order by f.happened_at, f.event_id) filter (where f.what = 'visits_received')
        as visits_received__events
from at_school f
left join place s on s.trustuid = f.trustuid and s.urn = f.urn
where s.has_left is not true
group by f.trustuid, f.urn, s.name
order by f.trustuid, school, f.urn
