-- $1 the school's URNs, $2 trust, $3 cycle
with asked as (
    select i.trustuid, i.cycle, i.item_id, x.urn
    from item i
    join item_school x on x.item_id = i.item_id
    where ($1::text[] is null or x.urn = any($1))
        and ($2::text is null or i.trustuid = $2)
        and ($3::text is null or i.cycle = $3)
),
last_said as (
    select distinct on (item_id, urn) item_id, urn, rag, logindex
    from answer
    order by item_id, urn, streamversion desc
),
met as (  -- a meeting of a cycle: held on one of its days, or answering one of its items
    select distinct m.trustuid, c.cycle, s.urn
    from meeting m
    join meeting_school s on s.meeting_id = m.meeting_id
    join cycle c on c.trustuid = m.trustuid
        and (m.held_at at time zone 'Europe/London')::date between c.starts_on and c.ends_on
    union
    select i.trustuid, i.cycle, a.urn
    from answer a
    join item i on i.item_id = a.item_id
)
select
    count(distinct (q.trustuid, q.cycle, q.urn)) as schools_asked,
    count(distinct (q.trustuid, q.cycle, q.urn)) filter (where m.urn is not null) as schools_met,
    count(*) filter (where l.rag is distinct from 'not_applicable') as issued,
    count(*) filter (where l.rag <> 'not_applicable') as answered,
    count(*) filter (where l.rag <> 'not_applicable' and v.visible_at is not null) as visible
from asked q
left join last_said l on l.item_id = q.item_id and l.urn = q.urn
left join met m on m.trustuid = q.trustuid and m.cycle = q.cycle and m.urn = q.urn
left join public.ledger v on v.service = 'collaboration' and v.logindex = l.logindex
