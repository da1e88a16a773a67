-- $1 trust
select trustuid, area, scheme, role, count, not_known_reason, schools_sponsored, as_at, event_id::text as event_id
from role_count
where $1::text is null or trustuid = $1
order by trustuid, area, array_position(array['TSA', 'MAT', 'NLE', 'NSS', 'NLG', 'LLE', 'SLE'], scheme), scheme
