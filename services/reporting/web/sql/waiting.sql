-- of each service of which events wait: how many are set aside and since when, and since when there is a hole in its log;
-- of what is missing there the first one behind it tells the time
select service, count(*) filter (where parked) as parked, min(time) filter (where parked) as parked_since,
    min(time) filter (where not parked) as hole_since
from (
    select service, time, true as parked from ledger where parked
    union all
    select p.service, l.time, false
    from public.position p
    cross join lateral (
        select time from ledger l where l.service = p.service and l.logindex > p.next order by l.logindex limit 1
    ) l
) waiting
group by service
