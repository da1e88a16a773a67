-- $1 the trust to show, or null for the first
select known.trustuid, t.name
from (select trustuid from trust union select trustuid from cycle) known
left join trust t on t.trustuid = known.trustuid
where $1::text is null or known.trustuid = $1
order by not exists (select 1 from cycle c where c.trustuid = known.trustuid), known.trustuid
limit 1
