-- $1 trust, $2 cycle: what was proposed to be worked on first
select priority_id::text as priority_id, title from priority where trustuid = $1 and cycle = $2 order by title, priority_id
