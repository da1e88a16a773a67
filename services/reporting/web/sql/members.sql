-- $1 at, $2 trust: the schools that belong to it on that day, by name, each with every URN that it has gone by
with recursive
-- schools.sql
member as (
    select distinct trustuid, urn
    from spell
    where joined_on <= ($1::timestamptz at time zone 'Europe/London')::date
        and (left_on is null or left_on > ($1::timestamptz at time zone 'Europe/London')::date)
)
select m.urn, coalesce(s.name, m.urn) as name, array_agg(t.urn order by t.urn) as urns
from member m
join today t on t.trustuid = m.trustuid and t.current_urn = m.urn
left join school s on s.trustuid = m.trustuid and s.urn = m.urn
where m.trustuid = $2
group by m.urn, s.name
order by name, m.urn
