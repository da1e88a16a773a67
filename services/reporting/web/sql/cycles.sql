-- $1 trust: its cycles, oldest first, with the half-term of the trust that each begins in
select c.cycle, c.starts_on, c.ends_on, t.academic_year || '-' || t.half_term as half_term
from cycle c
left join term t on t.trustuid = c.trustuid and t.urn = '' and c.starts_on between t.starts_on and t.ends_on
where c.trustuid = $1
order by c.starts_on, c.cycle
