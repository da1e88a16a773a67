-- $1 at, $2 trust, $3 URNs or null for the trust itself: who works there today, once at each place; names are sealed
with recursive
-- schools.sql
-- staff.sql
named as (
    select distinct on (w.person_id, w.urn) w.person_id::text as person_id, w.urn, coalesce(s.name, w.urn) as school,
        w.role, p.name, p.stream, p.event_id
    from working w
    left join person p on p.person_id = w.person_id
    left join school s on s.trustuid = w.trustuid and s.urn = w.urn
    where w.trustuid = $2 and case when $3::text[] is null then w.urn is null else w.urn = any($3) end
    order by w.person_id, w.urn, w.fte_hundredths desc, w.engagement_id
)
select * from named order by school nulls first, role, person_id
