-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- staff.sql
trained as (  -- each person once, by the first agreement
    select distinct on (r.trustuid, p.reviewer_urn, coalesce(s.person_id, p.reviewer_id))
        r.trustuid, p.reviewer_urn, p.event_id, p.happened_at
    from reviewer p
    join review r on r.review_id = p.review_id
    left join survivor s on s.entry = p.reviewer_id
    where p.reviewer_urn is not null and p.trained_on is not null
    order by r.trustuid, p.reviewer_urn, coalesce(s.person_id, p.reviewer_id), p.happened_at, p.event_id
),
given as (  -- a review once for each school that reviewed
    select distinct r.trustuid, p.reviewer_urn, r.completed_event_id, r.completed_at
    from reviewer p
    join review r on r.review_id = p.review_id
    where p.reviewer_urn is not null and r.completed_at is not null
),
due as (
    select r.trustuid, r.urn, a.event_id, a.happened_at, a.closed_at,
        a.due_on - ($1::timestamptz at time zone 'Europe/London')::date as days
    from follow_up a
    join review r on r.review_id = a.review_id
),
fact (trustuid, urn, what, event_id, happened_at) as (
    select trustuid, urn, 'reviews_received', completed_event_id, completed_at
    from review
    where completed_at is not null
    union all
    select trustuid, urn, 'reviews_under_way', event_id, happened_at from review where completed_at is null
    union all
    select trustuid, reviewer_urn, 'reviews_given', completed_event_id, completed_at from given
    union all
    select r.trustuid, r.urn, f.kind || 's', f.event_id, f.happened_at
    from finding f
    join review r on r.review_id = f.review_id
    union all
    select r.trustuid, r.urn, 'without_action', f.event_id, f.happened_at
    from finding f
    join review r on r.review_id = f.review_id
    where f.waived
    union all
    select trustuid, urn, case when closed_at is null then 'actions_open' else 'actions_closed' end, event_id, happened_at
    from due
    union all
    select trustuid, urn, 'actions_due_in_14_days', event_id, happened_at
    from due
    where closed_at is null and days between 0 and 14
    union all
    select trustuid, urn, 'actions_overdue', event_id, happened_at from due where closed_at is null and days < 0
    union all
    select trustuid, reviewer_urn, 'trained_reviewers', event_id, happened_at from trained
    union all
    select trustuid, from_urn, 'visits_made', event_id, happened_at from peer_visit
    union all
    select trustuid, to_urn, 'visits_received', event_id, happened_at from peer_visit
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
from fact f
left join school s on s.trustuid = f.trustuid and s.urn = f.urn
where ($2::text[] is null or f.urn = any($2))
    and ($3::text is null or f.trustuid = $3)
group by f.trustuid, f.urn, s.name
order by f.trustuid, school, f.urn
