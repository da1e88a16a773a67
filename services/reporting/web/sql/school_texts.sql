-- $1 the school's URNs, $2 cycle: the sealed texts of what its team said and of what the trust responded, the latest last
select a.item_id::text as item_id, a.meeting_id::text as meeting_id, a.urn, 'comment' as field, a.comment as token,
    a.stream, a.event_id::text as event_id, a.streamversion
from answer a
join item i on i.item_id = a.item_id
where a.urn = any($1) and i.cycle = $2 and a.comment is not null
union all
select r.item_id::text, r.meeting_id::text, r.urn, 'response', r.response, r.stream, r.event_id::text, r.streamversion
from reply r
join item i on i.item_id = r.item_id
where r.urn = any($1) and i.cycle = $2 and r.response is not null
order by streamversion
