-- $1 at, $2 trust: the focus areas that the trust asks about on that day or later
select focus_id::text as focus_id, title
from focus_area
where trustuid = $2
    and (closed_on is null or closed_on > ($1::timestamptz at time zone 'Europe/London')::date)
    and (ends_on is null or ends_on >= ($1::timestamptz at time zone 'Europe/London')::date)
order by title, focus_id
