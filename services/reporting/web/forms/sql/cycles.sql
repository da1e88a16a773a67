-- $1 at, $2 trust: the cycles that are not over on that day, the one that runs first
select cycle, starts_on, ends_on
from cycle
where trustuid = $2 and ends_on >= ($1::timestamptz at time zone 'Europe/London')::date
order by starts_on, cycle
