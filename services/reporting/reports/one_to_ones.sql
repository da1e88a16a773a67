-- $1 at, $2 the school's URNs, $3 trust, $4 the roles that lead a school
with recursive
-- staff.sql
-- leads.sql
select m.trustuid, m.person_id, least(m.planned_on, m.held_on) as from_on, m.planned_event_id, m.held_on, m.held_event_id
from met_with m
where exists (select 1 from leads l where l.person_id = m.person_id)
order by m.trustuid, m.person_id, from_on, m.one_to_one_id
