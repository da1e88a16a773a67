-- $1 at: a school's URN today, and when it belonged to the trust; for reports that name this file among their tables
succession as (  -- those that have come about
    select trustuid, urn, successor_urn
    from school
    where succeeded_on <= ($1::timestamptz at time zone 'Europe/London')::date
),
chain as (  -- from each URN along its successors
    select trustuid, urn, urn as reached from school
    union
    select c.trustuid, c.urn, s.successor_urn
    from chain c
    join succession s on s.trustuid = c.trustuid and s.urn = c.reached
),
today as (  -- each URN and the one that its school goes by now
    select c.trustuid, c.urn, min(c.reached) as current_urn
    from chain c
    left join succession s on s.trustuid = c.trustuid and s.urn = c.reached
    where s.successor_urn is null
    group by c.trustuid, c.urn
),
spell as (  -- from joining to the day before leaving
    select trustuid, urn, joined_on, left_on
    from (
        select trustuid, urn, joined_on,
            lead(left_on) over (partition by trustuid, urn order by streamversion) as left_on
        from membership
    ) numbered
    where joined_on is not null
),
