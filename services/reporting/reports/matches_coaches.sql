-- $1 at, $2 trust: who can coach today, and how many more they can take on
with recursive
-- schools.sql
-- places.sql
now as (select ($1::timestamptz at time zone 'Europe/London')::date as day)
select
    c.membership_id::text as membership_id,
    c.trustuid,
    c.person_id::text as person_id,
    c.urn,
    coalesce(h.name, c.urn, 'the trust') as school,
    c.kinds,
    c.specialism,
    least(c.to_on, c.left_on - 1) as to_on,
    h.easting,
    h.northing,
    greatest(c.places - (
        select count(*)
        from pairing p
        where p.coach_id = c.person_id and p.kind = any(c.kinds)
            and (p.ended_on is null or p.ended_on > t.day) and (p.ends_on is null or p.ends_on >= t.day)
    ), 0)::int as places
from coach c
cross join now t
left join place h on h.trustuid = c.trustuid and h.urn = c.urn
where c.from_on <= t.day and (c.to_on is null or c.to_on >= t.day) and (c.left_on is null or c.left_on > t.day)
    and h.has_left is not true and ($2::text is null or c.trustuid = $2)
order by c.membership_id
