-- the weeks in which there is school: a school's by its own dates of a year, where it has any, else by its trust's ('')
calendar as (
    select distinct trustuid, urn from closures
),
year as (
    select distinct on (k.trustuid, k.urn, d.academic_year)
        k.trustuid, k.urn as calendar, d.academic_year, d.urn, string_to_array(d.days, ',')::date[] as closed
    from calendar k
    join closures d on d.trustuid = k.trustuid and d.urn in (k.urn, '')
    order by k.trustuid, k.urn, d.academic_year, d.urn desc
),
school_week as (  -- each Monday, the next school week's, and the Monday five school weeks before (or the first known)
    select trustuid, calendar, monday,
        lead(monday) over weeks as next,
        coalesce(lag(monday, 5) over weeks, first_value(monday) over weeks) as since
    from (
        select distinct y.trustuid, y.calendar, date_trunc('week', day)::date as monday
        from year y
        join term t on t.trustuid = y.trustuid and t.urn = y.urn and t.academic_year = y.academic_year
        cross join generate_series(t.starts_on::timestamp, t.ends_on, '1 day') day
        where extract(isodow from day) < 6 and not day::date = any(y.closed)
    ) week
    window weeks as (partition by trustuid, calendar order by monday)
),
