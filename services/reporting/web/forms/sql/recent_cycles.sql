-- $1 at, $2 trust, $3 an item or null: the cycles that began last, three of them, and the one in which that item was asked
(
    select cycle
    from cycle
    where trustuid = $2 and starts_on <= ($1::timestamptz at time zone 'Europe/London')::date
    order by starts_on desc, cycle desc
    limit 3
)
union
select cycle from item where trustuid = $2 and item_id = $3::uuid
