-- $1 the school's URNs, $2 cycle: what was agreed to do about its answers, what became of it, and who has looked
select a.action_id::text as action_id, a.item_id::text as item_id, a.meeting_id::text as meeting_id, a.urn, a.owner,
    a.due_on, a.closed_at, a.outcome, a.action as text, a.stream, a.event_id::text as event_id, a.trustuid,
    coalesce(array_agg(distinct e.reviewed_by) filter (where e.reviewed_by is not null), '{}') as reviewed_by
from action a
join item i on i.item_id = a.item_id
left join effect e on e.action_id = a.action_id
where a.urn = any($1) and i.cycle = $2
group by a.action_id
order by a.due_on, a.happened_at, a.action_id
