-- $1 at, $2 the school's URNs, $3 trust
with recursive succession as (  -- those that have come about
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
    select distinct on (c.trustuid, c.urn) c.trustuid, c.urn, c.reached as current_urn
    from chain c
    left join succession s on s.trustuid = c.trustuid and s.urn = c.reached
    where s.successor_urn is null
    order by c.trustuid, c.urn, c.reached
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
planned as (  -- where and when it is, or was to be
    select distinct on (session_id) session_id, starts_at, ends_at, "where"
    from session_change
    where starts_at is not null
    order by session_id, streamversion desc
),
latest as (
    select distinct on (session_id) session_id, reason, event_id
    from session_change
    order by session_id, streamversion desc
),
counted as (
    select session_id, count(*) - 1 as sequence, bool_or(cancelled) as cancelled, max(changed_at) as changed_at
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
