-- $1 trust: what was drafted from answers that asked for help, and waits for the trust
select r.request_id::text as request_id, r.taker_urn, coalesce(s.name, r.taker_urn) as taker, r.dimension
from capacity_request r
left join school s on s.trustuid = r.trustuid and s.urn = r.taker_urn
where r.trustuid = $1 and r.drafted and r.confirmed is not true and r.withdrawn_on is null
order by taker, r.dimension, r.request_id
