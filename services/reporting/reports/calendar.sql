-- $1 at, $2 the school's URNs, $3 trust
with recursive
-- schools.sql
planned as (  -- where and when it is, or was to be
    select distinct on (session_id) session_id, starts_at, ends_at, "where"
    from session_change
    where starts_at is not null
    order by session_id, streamversion desc
),
latest as (
    select distinct on (session_id) session_id, reason, event_id
    from session_change
    where voids is null
    order by session_id, streamversion desc
),
counted as (  -- what is void has changed it twice: when it was recorded, and when that was taken back
    select session_id, count(*) + count(voids) - 1 as sequence, bool_or(cancelled) as cancelled, max(changed_at) as changed_at
    from session_change
    group by session_id
)
select
    s.trustuid,
    s.session_id::text as session_id,
    s.programme_id::text as programme_id,
    p.title as programme,
    p.kind,
    s.scope,
    s.urn,
    coalesce(h.name, s.urn) as school,
    coalesce(t.current_urn, s.urn) as current_urn,
    w.starts_at,
    w.ends_at,
    w."where",
    s.how_to_join,
    s.places,
    p.audience_stages,
    p.audience_roles,
    case when c.cancelled then 'cancelled' else 'confirmed' end as status,
    c.sequence,
    l.reason,
    s.scheduled_at,
    greatest(c.changed_at, p.published_at) as changed_at,
    l.event_id::text as event_id
from session s
join planned w on w.session_id = s.session_id
join latest l on l.session_id = s.session_id
join counted c on c.session_id = s.session_id
left join programme p on p.programme_id = s.programme_id
left join school h on h.trustuid = s.trustuid and h.urn = s.urn
left join today t on t.trustuid = s.trustuid and t.urn = s.urn
where ($3::text is null or s.trustuid = $3)
    and ($2::text[] is null or s.urn = any($2) or (s.scope = 'trust' and exists (
        select 1
        from spell m
        where m.trustuid = s.trustuid and m.urn = any($2)
            and m.joined_on <= (w.starts_at at time zone 'Europe/London')::date
            and (m.left_on is null or m.left_on > (w.starts_at at time zone 'Europe/London')::date)
    )))
order by s.trustuid, w.starts_at, w.ends_at, s.session_id
