-- $1 at, $2 the school's URNs, $3 trust, $4 cycle
with recursive
-- schools.sql
-- asked.sql
met as (  -- a meeting of a cycle: held on one of its days, or answering one of its items
    select m.trustuid, c.cycle, s.urn, m.meeting_id
    from meeting m
    join meeting_school s on s.meeting_id = m.meeting_id
    join cycle c on c.trustuid = m.trustuid
        and (m.held_at at time zone 'Europe/London')::date between c.starts_on and c.ends_on
    where ($2::text[] is null or s.urn = any($2))
        and ($3::text is null or c.trustuid = $3)
        and ($4::text is null or c.cycle = $4)
    union
    select i.trustuid, i.cycle, a.urn, a.meeting_id
    from answer a
    join item i on i.item_id = a.item_id
    where ($2::text[] is null or a.urn = any($2))
        and ($3::text is null or i.trustuid = $3)
        and ($4::text is null or i.cycle = $4)
),
answering as (  -- what stands for a meeting that is void, although it has answered
    select distinct on (a.meeting_id, a.urn) a.meeting_id, a.urn, a.event_id
    from met t
    join answer a on a.meeting_id = t.meeting_id and a.urn = t.urn
    where not exists (select 1 from meeting m where m.meeting_id = t.meeting_id)
    order by a.meeting_id, a.urn, a.happened_at, a.logindex
),
report as (
    select distinct on (r.meeting_id) r.meeting_id, r.answered, r."of", r.event_id
    from met t
    join meeting_report r on r.meeting_id = t.meeting_id
    order by r.meeting_id, r.streamversion desc
),
held as (
    select t.trustuid, t.cycle, t.urn, count(*) as meetings_held,
        array_agg(coalesce(m.event_id, a.event_id) order by m.held_at, t.meeting_id) as meetings_held__events,
        count(*) filter (where r.answered = r."of") as meetings_complete,
        array_agg(r.event_id order by m.held_at, t.meeting_id) filter (where r.answered = r."of")
            as meetings_complete__events
    from met t
    left join meeting m on m.meeting_id = t.meeting_id
    left join answering a on a.meeting_id = t.meeting_id and a.urn = t.urn
    left join report r on r.meeting_id = t.meeting_id
    group by t.trustuid, t.cycle, t.urn
),
said as (
    select a.item_id, a.urn,
        (array_agg(a.event_id order by a.streamversion desc))[1] as event_id,
        (array_agg(a.event_id order by a.streamversion) filter (where a.late))[1] as late_event_id
    from asked q
    join answer a on a.item_id = q.item_id and a.urn = q.urn
    group by a.item_id, a.urn
),
answered as (
    select q.trustuid, q.cycle, q.urn,
        count(*) as issued,
        array_agg(q.event_id order by q.issued_at, q.item_id) as issued__events,
        count(a.event_id) as answered,
        array_agg(a.event_id order by q.issued_at, q.item_id) filter (where a.event_id is not null)
            as answered__events,
        count(a.late_event_id) as late,
        array_agg(a.late_event_id order by q.issued_at, q.item_id) filter (where a.late_event_id is not null)
            as late__events
    from asked q
    left join said a on a.item_id = q.item_id and a.urn = q.urn
    group by q.trustuid, q.cycle, q.urn
)
select
    e.trustuid,
    e.cycle,
    c.starts_on,
    c.ends_on,
    e.urn,
    coalesce(s.name, e.urn) as school,
    coalesce(h.meetings_held, 0) as meetings_held,
    h.meetings_held__events,
    coalesce(h.meetings_complete, 0) as meetings_complete,
    h.meetings_complete__events,
    coalesce(a.issued, 0) as items_issued,
    a.issued__events as items_issued__events,
    coalesce(a.answered, 0) as items_answered,
    a.answered__events as items_answered__events,
    case when a.issued > 0 then a.answered = a.issued end as complete,
    coalesce(a.late, 0) as late_answers,
    a.late__events as late_answers__events,
    case when c.starts_on <= ($1::timestamptz at time zone 'Europe/London')::date
        then coalesce(h.meetings_held, 0) = 0 end as no_meeting
from expected e
left join cycle c on c.trustuid = e.trustuid and c.cycle = e.cycle
left join school s on s.trustuid = e.trustuid and s.urn = e.urn
left join held h on h.trustuid = e.trustuid and h.cycle = e.cycle and h.urn = e.urn
left join answered a on a.trustuid = e.trustuid and a.cycle = e.cycle and a.urn = e.urn
order by e.trustuid, c.starts_on, e.cycle, school, e.urn
