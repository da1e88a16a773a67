-- $1 at, $2 the school's URNs, $3 trust, $4 cycle
with spell as (  -- from joining to the day before leaving
    select trustuid, urn, joined_on, left_on
    from (
        select trustuid, urn, joined_on,
            lead(left_on) over (partition by trustuid, urn order by streamversion) as left_on
        from membership
    ) numbered
    where joined_on is not null
),
asked as (
    select i.trustuid, i.cycle, x.urn, i.item_id
    from item i
    join item_school x on x.item_id = i.item_id
),
expected as (  -- who was asked, and who was a member on a day of the cycle, under the URN of that time
    select trustuid, cycle, urn from asked
    union
    select c.trustuid, c.cycle, m.urn
    from cycle c
    join spell m on m.trustuid = c.trustuid and m.joined_on <= c.ends_on
        and (m.left_on is null or m.left_on > c.starts_on)
    left join school s on s.trustuid = m.trustuid and s.urn = m.urn
    where s.succeeded_on is null or s.succeeded_on > c.starts_on
),
met as (  -- a meeting of a cycle: held on one of its days, or answering one of its items
    select m.trustuid, c.cycle, s.urn, m.meeting_id
    from meeting m
    join meeting_school s on s.meeting_id = m.meeting_id
    join cycle c on c.trustuid = m.trustuid
        and (m.held_at at time zone 'Europe/London')::date between c.starts_on and c.ends_on
    union
    select i.trustuid, i.cycle, a.urn, a.meeting_id
    from answer a
    join item i on i.item_id = a.item_id
),
report as (
    select distinct on (meeting_id) meeting_id, answered, "of"
    from meeting_report
    order by meeting_id, streamversion desc
),
held as (
    select m.trustuid, m.cycle, m.urn, count(*) as meetings_held,
        count(*) filter (where r.answered = r."of") as meetings_complete
    from met m
    left join report r on r.meeting_id = m.meeting_id
    group by m.trustuid, m.cycle, m.urn
),
said as (
    select item_id, urn, bool_or(late) filter (where supersedes is null) as late
    from answer
    group by item_id, urn
),
answered as (
    select q.trustuid, q.cycle, q.urn, count(*) as issued, count(a.item_id) as answered,
        count(*) filter (where a.late) as late
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
    coalesce(h.meetings_complete, 0) as meetings_complete,
    coalesce(a.issued, 0) as items_issued,
    coalesce(a.answered, 0) as items_answered,
    case when a.issued > 0 then a.answered = a.issued end as complete,
    coalesce(a.late, 0) as late_answers,
    case when c.starts_on <= ($1::timestamptz at time zone 'Europe/London')::date
        then coalesce(h.meetings_held, 0) = 0 end as no_meeting
from expected e
left join cycle c on c.trustuid = e.trustuid and c.cycle = e.cycle
left join school s on s.trustuid = e.trustuid and s.urn = e.urn
left join held h on h.trustuid = e.trustuid and h.cycle = e.cycle and h.urn = e.urn
left join answered a on a.trustuid = e.trustuid and a.cycle = e.cycle and a.urn = e.urn
where ($2::text[] is null or e.urn = any($2))
    and ($3::text is null or e.trustuid = $3)
    and ($4::text is null or e.cycle = $4)
order by e.trustuid, c.starts_on, e.cycle, school, e.urn
