-- $1 at, $2 trust: every critical post, and the schools that it is at, but for those that have left the trust
with recursive
-- schools.sql
-- places.sql
at_school as (
    select s.post_id,
        array_agg(coalesce(p.current_urn, s.urn) order by coalesce(p.name, s.urn), s.urn)
            filter (where not coalesce(p.has_left, false)) as urns,
        array_agg(coalesce(p.name, s.urn) order by coalesce(p.name, s.urn), s.urn)
            filter (where not coalesce(p.has_left, false)) as schools
    from post_school s
    left join place p on p.trustuid = s.trustuid and p.urn = s.urn
    group by s.post_id
)
select p.trustuid, p.post_id::text as post_id, p.post_type, coalesce(a.urns, '{}') as urns, coalesce(a.schools, '{}') as schools,
    p.event_id::text as event_id
from post p
left join at_school a on a.post_id = p.post_id
where (a.post_id is null or a.urns is not null)
    and ($2::text is null or p.trustuid = $2)
order by p.trustuid, p.post_type, a.schools nulls last, p.post_id
