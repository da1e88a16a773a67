-- $1 trust: every half-term of each calendar, a trust's ('') or a school's own, with the closure days of its year
select c.trustuid, c.urn, c.academic_year, t.starts_on, t.ends_on, string_to_array(c.days, ',')::date[] as closed
from closures c
join term t on t.trustuid = c.trustuid and t.urn = c.urn and t.academic_year = c.academic_year
where t.starts_on is not null and ($1::text is null or c.trustuid = $1)
order by c.trustuid, c.urn, c.academic_year, t.starts_on
