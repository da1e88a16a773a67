-- $1 the school's URNs, $2 trust
with first as (
    select distinct on (request_id) request_id, answered_at
    from support_answer
    order by request_id, streamversion
)
select
    r.trustuid,
    r.urn,
    coalesce(s.name, r.urn) as school,
    r.kind,
    count(*) as requests,
    array_agg(r.event_id order by r.opened_at, r.event_id) as requests__events,
    count(*) filter (where r.closed_at is null) as open,
    array_agg(r.event_id order by r.opened_at, r.event_id) filter (where r.closed_at is null) as open__events,
    count(*) filter (where r.closed_at is null and f.answered_at is null) as waiting,
    array_agg(r.event_id order by r.opened_at, r.event_id) filter (where r.closed_at is null and f.answered_at is null)
        as waiting__events,
    count(f.answered_at) as answered,
    array_agg(r.event_id order by r.opened_at, r.event_id) filter (where f.answered_at is not null)
        as answered__events,
    count(r.closed_at) as closed,
    array_agg(r.event_id order by r.opened_at, r.event_id) filter (where r.closed_at is not null) as closed__events,
    min(r.opened_at) filter (where r.closed_at is null) as oldest_open_at,
    null::int as oldest_open_working_days,
    percentile_cont(0.5) within group (order by extract(epoch from f.answered_at - r.opened_at) / 3600)
        as hours_to_first_answer
from support_request r
left join first f on f.request_id = r.request_id
left join school s on s.trustuid = r.trustuid and s.urn = r.urn
where ($1::text[] is null or r.urn = any($1))
    and ($2::text is null or r.trustuid = $2)
group by r.trustuid, r.urn, s.name, r.kind
order by r.trustuid, school, r.urn, r.kind
