-- $1 trust, $2 time, $3 service, $4 log index: the events before and after the last one that is not later than these,
-- in the order in which they were recorded; and the first of all
with shown as (
    select time, service, logindex from public.ledger
    where not parked and ($1::text is null or trustuid = $1) and (time, service, logindex) <= ($2, $3, $4)
    order by time desc, service desc, logindex desc limit 1
)
select
    (select time from public.ledger
     where not parked and ($1::text is null or trustuid = $1)
     order by time, service, logindex limit 1) as first,
    (select l.service || ':' || l.logindex from public.ledger l, shown s
     where not l.parked and ($1::text is null or l.trustuid = $1)
        and (l.time, l.service, l.logindex) < (s.time, s.service, s.logindex)
     order by l.time desc, l.service desc, l.logindex desc limit 1) as before,
    (select l.service || ':' || l.logindex from public.ledger l
     where not l.parked and ($1::text is null or l.trustuid = $1) and (l.time, l.service, l.logindex) > ($2, $3, $4)
     order by l.time, l.service, l.logindex limit 1) as after
