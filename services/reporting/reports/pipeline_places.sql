-- $1 at: each URN of a school, the one of today, and whether it has left
with recursive
-- schools.sql
-- places.sql
last as (select 1)
select p.trustuid, p.urn, p.current_urn, coalesce(c.name, p.current_urn) as name, p.has_left
from place p
left join school c on c.trustuid = p.trustuid and c.urn = p.current_urn
