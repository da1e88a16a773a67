-- the trust's half-terms, or where it has set none the academic year, of all that `span` begins; needs span, $1 at, $2 rates
year as (
    select y.trustuid, y.began, make_date(y.began, 9, 1) as first_day, make_date(y.began + 1, 8, 31) as last_day,
        y.began || '/' || to_char((y.began + 1) % 100, 'fm00') as academic_year
    from (
        select distinct s.trustuid, generate_series(
            extract(year from s.from_on - interval '8 months')::int,
            extract(year from case when s.unit = any($2) then s.to_on else s.from_on end - interval '8 months')::int
        ) as began
        from span s
    ) y
    where y.began <= extract(year from ($1::timestamptz at time zone 'Europe/London') - interval '8 months') + 1
),
period as (  -- the holidays after a half-term belong to it, and the days before the first one to that
    select y.trustuid,
        y.academic_year || coalesce('-' || t.half_term, '') as period,
        case when lag(t.starts_on) over half_terms is null then y.first_day else t.starts_on end as starts_on,
        coalesce(lead(t.starts_on) over half_terms - 1, y.last_day) as ends_on
    from year y
    left join term t on t.trustuid = y.trustuid and t.urn = '' and t.academic_year = y.academic_year
        and t.starts_on is not null
    window half_terms as (partition by y.trustuid, y.began order by t.starts_on)
),
