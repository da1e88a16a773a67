-- $1 trust
with latest as (
    select distinct on (trustuid, scenario, post_type) *
    from forecast
    where $1::text is null or trustuid = $1
    order by trustuid, scenario, post_type, happened_at desc, logindex desc
)
select
    l.trustuid,
    l.scenario,
    l.post_type,
    y.academic_year_starts_on,
    y.demand_hundredths,
    y.supply_hundredths,
    y.gap_hundredths,
    y.gap_low_hundredths,
    y.gap_high_hundredths,
    l.horizon_years,
    l.forecast_on,
    l.event_id::text as event_id
from latest l
join forecast_year y on y.forecast_id = l.forecast_id
order by l.trustuid, l.post_type, array_position(array['low', 'expected', 'high'], l.scenario),
    y.academic_year_starts_on
