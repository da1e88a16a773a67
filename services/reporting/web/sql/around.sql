-- $1 trust, $2 time, $3 service, $4 log index: the events before and after the last one that is not later than these,
-- in the order in which they were recorded; and the first of all
with told as not materialized (
    select time, service, logindex from ledger where not parked and ($1::text is null or trustuid = $1)
),
shown as (
    select * from told
    where (time, service, logindex) <= ($2::timestamptz, $3::text, $4::bigint)
    order by time desc, service desc, logindex desc limit 1
)
select
    (select time from told order by time, service, logindex limit 1) as first,
    (select before.service || ':' || before.logindex
     from shown, lateral (
        select * from told
        where (told.time, told.service, told.logindex) < (shown.time, shown.service, shown.logindex)
        order by told.time desc, told.service desc, told.logindex desc limit 1
     ) before) as before,
    (select service || ':' || logindex from told
     where (time, service, logindex) > ($2::timestamptz, $3::text, $4::bigint)
     order by time, service, logindex limit 1) as after
