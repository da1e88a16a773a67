-- $1 items, $2 URNs, $3 events: of each of these answers its texts and the trust's last response to it, all still sealed
select a.event_id, a.trustuid, a.urn, a.stream, a.comment, a.disadvantaged_note, r.response,
    r.event_id as response_event_id
from unnest($1::uuid[], $2::text[], $3::uuid[]) as asked (item_id, urn, event_id)
join answer a on a.item_id = asked.item_id and a.urn = asked.urn and a.event_id = asked.event_id
left join lateral (
    select p.response, p.event_id
    from reply p
    where p.item_id = a.item_id and p.urn = a.urn and p.meeting_id = a.meeting_id and p.kind = 'responded'
    order by p.streamversion desc
    limit 1
) r on true
