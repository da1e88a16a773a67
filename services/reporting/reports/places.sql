-- each URN of a school: its name, where it is, the URN of today, and whether it has left; needs schools.sql
place as (
    select s.trustuid, s.urn, coalesce(t.current_urn, s.urn) as current_urn, s.name, s.easting, s.northing,
        bool_or(m.urn is not null) and not coalesce(bool_or(
            m.joined_on <= ($1::timestamptz at time zone 'Europe/London')::date
            and (m.left_on is null or m.left_on > ($1::timestamptz at time zone 'Europe/London')::date)
        ), false) as has_left
    from school s
    left join today t on t.trustuid = s.trustuid and t.urn = s.urn
    left join spell m on m.trustuid = s.trustuid and m.urn = coalesce(t.current_urn, s.urn)
    group by s.trustuid, s.urn, t.current_urn, s.name, s.easting, s.northing
),
