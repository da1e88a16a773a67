-- $1 events: the requests for capacity that were drafted from these answers and stand, and whether they are confirmed
select basis, request_id::text as request_id, trustuid, taker_urn, dimension, coalesce(confirmed, false) as confirmed
from capacity_request
where basis = any($1) and drafted and withdrawn_on is null
