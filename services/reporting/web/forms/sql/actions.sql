-- $1 trust: the actions that were agreed, the earliest due first, and which sides have looked at what they changed
select a.action_id::text as action_id, a.item_id::text as item_id, a.urn, a.trustuid, coalesce(s.name, a.urn) as school,
    coalesce(f.title, 'a focus area not known yet') as title, a.owner, a.due_on, a.closed_at, a.outcome,
    a.action, a.stream, a.event_id,
    array(select distinct e.reviewed_by from effect e where e.action_id = a.action_id) as reviewed_by
from action a
left join school s on s.trustuid = a.trustuid and s.urn = a.urn
left join focus_area f on f.focus_id = a.focus_id
where a.trustuid = $1
order by a.due_on, school, a.action_id
