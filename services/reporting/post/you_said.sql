-- $1 trust, $2 the first day, $3 the day after the last: of each school and cycle the newest of these days, in London, on
-- which there was something to tell: a response of the trust was recorded, or the cycle ended
select urn, cycle, max(told_on) as told_on
from (
    select r.urn, i.cycle, (r.recorded_at at time zone 'Europe/London')::date as told_on
    from reply r
    join item i on i.item_id = r.item_id
    where r.kind = 'responded' and i.trustuid = $1
    union all
    select x.urn, c.cycle, c.ends_on
    from cycle c
    join item i on i.trustuid = c.trustuid and i.cycle = c.cycle
    join item_school x on x.item_id = i.item_id
    where c.trustuid = $1
) told
where told_on >= $2 and told_on < $3
group by urn, cycle
order by urn, cycle
