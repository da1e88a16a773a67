-- $1 the trust to show, or null for the one that the newest cycle belongs to, or else the first that registered
select known.trustuid, t.name
from (
    select trustuid, max(starts_on) as newest
    from (select trustuid, null::date as starts_on from trust union all select trustuid, starts_on from cycle) both_tables
    group by trustuid
) known
left join trust t on t.trustuid = known.trustuid
where $1::text is null or known.trustuid = $1
order by known.newest desc nulls last, known.trustuid
limit 1
