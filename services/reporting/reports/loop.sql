-- $1 the school's URNs, $2 trust, $3 cycle
with said as (  -- by each meeting: its first answer, what stands after corrections, and the first that is red or asks for help
    select i.trustuid, i.cycle, i.focus_id, a.item_id, a.urn, a.meeting_id,
        (array_agg(a order by a.streamversion) filter (where a.supersedes is null))[1] as given,
        (array_agg(a order by a.streamversion desc))[1] as stands,
        (array_agg(a order by a.streamversion) filter (where a.rag = 'red' or a.needs_help))[1] as raised
    from item i
    join answer a on a.item_id = i.item_id
    where ($1::text[] is null or a.urn = any($1))
        and ($2::text is null or i.trustuid = $2)
        and ($3::text is null or i.cycle = $3)
    group by i.trustuid, i.cycle, i.focus_id, a.item_id, a.urn, a.meeting_id
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
    s.trustuid,
    s.cycle,
    s.focus_id::text as focus_id,
    f.title,
    s.item_id::text as item_id,
    s.meeting_id::text as meeting_id,
    s.urn,
    coalesce(k.name, s.urn) as school,
    (s.stands).rag,
    (s.stands).needs_help,
    (s.stands).help_dimension,
    (s.stands).event_id::text as event_id,
    (s.given).event_id::text as first_event_id,
    (s.given).held_at,
    submitted.at as submitted_at,
    (extract(epoch from submitted.at - (s.given).held_at) * 1000)::bigint as school_delay_ms,
    (s.raised).recorded_at as raised_at,
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
from said s
left join focus_area f on f.focus_id = s.focus_id
left join school k on k.trustuid = s.trustuid and k.urn = s.urn
left join acted a on a.item_id = s.item_id and a.urn = s.urn and a.meeting_id = s.meeting_id
left join ledger v on v.service = 'collaboration' and v.logindex = (s.given).logindex
left join lateral (
    select p.submitted_at as at
    from meeting_report p
    where p.meeting_id = s.meeting_id and p.recorded_at >= (s.given).recorded_at
    order by p.streamversion
    limit 1
) submitted on true
left join lateral (
    select p.happened_at as at
    from reply p
    where p.item_id = s.item_id and p.urn = s.urn and p.meeting_id = s.meeting_id
        and p.kind = 'acknowledged' and p.streamversion > (s.raised).streamversion
    order by p.streamversion
    limit 1
) acknowledged on true
left join lateral (
    select p.happened_at as at, p.streamversion
    from reply p
    where p.item_id = s.item_id and p.urn = s.urn and p.meeting_id = s.meeting_id
        and p.kind = 'responded' and p.streamversion > (s.raised).streamversion
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
where ((s.stands).rag = 'red' or (s.stands).needs_help) and (s.given).event_id is not null
order by s.trustuid, (s.given).held_at, school, s.urn, f.title, s.item_id, s.meeting_id
