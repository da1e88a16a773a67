-- $1 trust, $2 cycle
with given as (  -- each school's first answer to each item in each meeting
    select distinct on (a.item_id, a.urn, a.meeting_id) a.*
    from answer a
    join item i on i.item_id = a.item_id
    where a.supersedes is null
        and ($1::text is null or i.trustuid = $1)
        and ($2::text is null or i.cycle = $2)
    order by a.item_id, a.urn, a.meeting_id, a.streamversion
),
delay as (
    select
        extract(epoch from v.visible_at - g.held_at) * 1000 as time_to_feedback,
        extract(epoch from submitted.at - g.held_at) * 1000 as school_delay,
        extract(epoch from v.visible_at - submitted.at) * 1000 as platform_delay
    from given g
    join ledger v on v.service = 'collaboration' and v.logindex = g.logindex
    cross join lateral (
        select p.submitted_at as at
        from meeting_report p
        where p.meeting_id = g.meeting_id and p.recorded_at >= g.recorded_at
        order by p.streamversion
        limit 1
    ) submitted
    where submitted.at is not null
)
select
    round(percentile_cont(0.5) within group (order by time_to_feedback))::bigint as time_to_feedback_median,
    round(percentile_cont(0.9) within group (order by time_to_feedback))::bigint as time_to_feedback_p90,
    round(percentile_cont(0.5) within group (order by school_delay))::bigint as school_delay_median,
    round(percentile_cont(0.9) within group (order by school_delay))::bigint as school_delay_p90,
    round(percentile_cont(0.5) within group (order by platform_delay))::bigint as platform_delay_median,
    round(percentile_cont(0.9) within group (order by platform_delay))::bigint as platform_delay_p90
from delay
