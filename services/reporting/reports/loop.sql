-- $1 the school's URNs, $2 trust, $3 cycle
with given as (  -- what each meeting first answered
    select distinct on (item_id, urn, meeting_id) *
    from answer
    where supersedes is null
    order by item_id, urn, meeting_id, streamversion
),
stands as (  -- and what stands after corrections
    select distinct on (item_id, urn, meeting_id) *
    from answer
    order by item_id, urn, meeting_id, streamversion desc
),
raised as (  -- since when it is red or asks for help
    select distinct on (item_id, urn, meeting_id) item_id, urn, meeting_id, streamversion, recorded_at
    from answer
    where rag = 'red' or needs_help
    order by item_id, urn, meeting_id, streamversion
),
side as (  -- what each side says of an action, in its latest look at it
    select distinct on (action_id, reviewed_by) action_id, reviewed_by, happened_at, help_still_needed,
        sign(array_position(array['red', 'amber', 'green'], rag_after)
            - array_position(array['red', 'amber', 'green'], rag_before)) as direction
    from effect
    order by action_id, reviewed_by, streamversion desc
),
looked as (  -- by both
    select action_id, min(direction) as direction, max(happened_at) as at, bool_or(help_still_needed) as help
    from side
    group by action_id
    having count(*) = 2
),
acted as (
    select a.item_id, a.urn, a.meeting_id,
        count(*) as actions,
        min(a.happened_at) as agreed_at,
        case when count(*) = count(a.closed_at) then max(a.closed_at) end as closed_at,
        case when count(*) = count(l.at) then max(l.at) end as reviewed_at,
        case when count(*) = count(l.at) then min(l.direction) end as direction,
        bool_or(l.help) as help
    from action a
    left join looked l on l.action_id = a.action_id
    where a.item_id is not null
    group by a.item_id, a.urn, a.meeting_id
)
select
    i.trustuid,
    i.cycle,
    i.focus_id::text as focus_id,
    f.title,
    s.item_id::text as item_id,
    s.meeting_id::text as meeting_id,
    s.urn,
    coalesce(k.name, s.urn) as school,
    s.rag,
    s.needs_help,
    s.help_dimension,
    s.event_id::text as event_id,
    g.event_id::text as first_event_id,
    g.held_at,
    submitted.at as submitted_at,
    (extract(epoch from submitted.at - g.held_at) * 1000)::bigint as school_delay_ms,
    r.recorded_at as raised_at,
    acknowledged.at as acknowledged_at,
    responded.at as responded_at,
    read.at as read_at,
    coalesce(a.actions, 0) as actions,
    a.agreed_at as action_agreed_at,
    a.closed_at as action_closed_at,
    a.reviewed_at as effect_reviewed_at,
    case a.direction when 1 then 'better' when 0 then 'same' when -1 then 'worse' end as effect,
    case when a.reviewed_at is not null then a.help end as help_still_needed,
    v.visible_at,
    (extract(epoch from v.visible_at - submitted.at) * 1000)::bigint as platform_delay_ms
from stands s
join raised r on r.item_id = s.item_id and r.urn = s.urn and r.meeting_id = s.meeting_id
join given g on g.item_id = s.item_id and g.urn = s.urn and g.meeting_id = s.meeting_id
join item i on i.item_id = s.item_id
left join focus_area f on f.focus_id = i.focus_id
left join school k on k.trustuid = i.trustuid and k.urn = s.urn
left join acted a on a.item_id = s.item_id and a.urn = s.urn and a.meeting_id = s.meeting_id
left join public.ledger v on v.service = 'collaboration' and v.logindex = g.logindex
left join lateral (
    select p.submitted_at as at
    from meeting_report p
    where p.meeting_id = s.meeting_id and p.recorded_at >= g.recorded_at
    order by p.streamversion
    limit 1
) submitted on true
left join lateral (
    select p.happened_at as at
    from reply p
    where p.item_id = s.item_id and p.urn = s.urn and p.meeting_id = s.meeting_id
        and p.kind = 'acknowledged' and p.streamversion > r.streamversion
    order by p.streamversion
    limit 1
) acknowledged on true
left join lateral (
    select p.happened_at as at, p.streamversion
    from reply p
    where p.item_id = s.item_id and p.urn = s.urn and p.meeting_id = s.meeting_id
        and p.kind = 'responded' and p.streamversion > r.streamversion
    order by p.streamversion
    limit 1
) responded on true
left join lateral (
    select p.happened_at as at
    from reply p
    where p.item_id = s.item_id and p.urn = s.urn and p.meeting_id = s.meeting_id
        and p.kind = 'read' and p.streamversion > responded.streamversion
    order by p.streamversion
    limit 1
) read on true
where (s.rag = 'red' or s.needs_help)
    and ($1::text[] is null or s.urn = any($1))
    and ($2::text is null or i.trustuid = $2)
    and ($3::text is null or i.cycle = $3)
order by i.trustuid, g.held_at, school, s.urn, f.title, s.item_id, s.meeting_id
