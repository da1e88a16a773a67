-- $1 services, $2 their positions: since when each position's event is here
select p.service, p.logindex, l.visible_at
from unnest($1::text[], $2::bigint[]) p (service, logindex)
left join ledger l on l.service = p.service and l.logindex = p.logindex
order by p.service
