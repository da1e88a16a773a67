-- $1 at, $2 trust: what happened to each post, in its order
with recursive
-- staff.sql
changed as (
    select c.*, coalesce(s.person_id, c.person_id) as stands_for
    from post_change c
    join post p on p.post_id = c.post_id
    left join survivor s on s.entry = c.person_id
    where $2::text is null or p.trustuid = $2
)
select post_id::text as post_id, kind, on_day, person_id as entry, stands_for as person_id, share_hundredths, interim, internal, event_id
from changed
order by changed.post_id, streamversion, changed.person_id
