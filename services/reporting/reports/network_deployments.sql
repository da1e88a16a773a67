-- $1 the school's URNs, $2 trust
with ended as (
    select trustuid, from_urn, to_urn, extract(year from ended_on - interval '8 months')::int as began,
        coalesce(days_given, days) as days
    from bank_deployment
    where outcome <> 'called_off'
),
side (trustuid, urn, began, given, received) as (
    select trustuid, from_urn, began, days, null from ended
    union all
    select trustuid, to_urn, began, null, days from ended
)
select
    d.trustuid,
    d.urn,
    coalesce(s.name, d.urn) as school,
    d.began || '/' || to_char((d.began + 1) % 100, 'fm00') as academic_year,
    count(d.given) as deployments_given,
    coalesce(sum(d.given), 0)::int as days_given,
    count(d.received) as deployments_received,
    coalesce(sum(d.received), 0)::int as days_received
from side d
left join school s on s.trustuid = d.trustuid and s.urn = d.urn
where ($1::text[] is null or d.urn = any($1))
    and ($2::text is null or d.trustuid = $2)
group by d.trustuid, d.urn, s.name, d.began
order by d.trustuid, school, d.urn, d.began desc
