-- $2 the school's URNs, $3 trust, $4 cycle: which school is expected to have met and answered in which cycle; needs schools.sql
asked as (
    select i.trustuid, i.cycle, x.urn, i.item_id, i.issued_at, i.event_id
    from item i
    join item_school x on x.item_id = i.item_id
    where ($2::text[] is null or x.urn = any($2))
        and ($3::text is null or i.trustuid = $3)
        and ($4::text is null or i.cycle = $4)
),
expected as (  -- who was asked, and who was a member on a day of the cycle, under the URN of that time
    select trustuid, cycle, urn from asked
    union
    select c.trustuid, c.cycle, m.urn
    from cycle c
    join spell m on m.trustuid = c.trustuid and m.joined_on <= c.ends_on
        and (m.left_on is null or m.left_on > c.starts_on)
    left join school s on s.trustuid = m.trustuid and s.urn = m.urn
    where (s.succeeded_on is null or s.succeeded_on > c.starts_on)
        and ($2::text[] is null or m.urn = any($2))
        and ($3::text is null or c.trustuid = $3)
        and ($4::text is null or c.cycle = $4)
),
