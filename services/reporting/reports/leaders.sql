-- $1 at, $2 the school's URNs, $3 trust, $4 the roles that lead a school
with recursive
-- staff.sql
-- leads.sql
select l.trustuid, l.urn, l.person_id, l.engagement_id, l.event_id, l.started_on, l.ended_on, t.from_on, t.role, t.paused
from leads l
join engagement_term t on t.person_id = l.entry and t.engagement_id = l.engagement_id
order by l.trustuid, l.urn, l.started_on, l.event_id, t.from_on, t.streamversion
