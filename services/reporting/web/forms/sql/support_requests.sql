-- $1 trust: the requests that are not done with, the oldest first; what is asked is sealed
select r.request_id::text as request_id, r.trustuid, r.urn, coalesce(s.name, r.urn) as school, r.kind, r.opened_at,
    r.request, r.stream, r.event_id,
    (select count(*) from support_answer a where a.request_id = r.request_id) as answers
from support_request r
left join school s on s.trustuid = r.trustuid and s.urn = r.urn
where r.trustuid = $1 and r.closed_at is null
order by r.opened_at, r.request_id
