-- $1 at, $2 the school's URNs, $3 trust: sessions, who came, and evidence; for those that name this file and the two before
now as (select ($1::timestamptz at time zone 'Europe/London')::date as day),
planned as (
    select distinct on (session_id) session_id, starts_at, event_id
    from session_change
    where starts_at is not null
    order by session_id, streamversion desc
),
run as (  -- every session that is not cancelled
    select s.session_id, s.programme_id, s.trustuid, s.places, w.starts_at, w.event_id,
        (w.starts_at at time zone 'Europe/London')::date as day
    from session s
    join planned w on w.session_id = s.session_id
    where ($3::text is null or s.trustuid = $3)
        and not exists (select 1 from session_change c where c.session_id = s.session_id and c.cancelled)
),
recorded as (  -- who came, and who was expected and did not come
    select r.programme_id, r.starts_at, r.day, coalesce(s.person_id, a.person_id) as person_id, a.event_id,
        a.attendance <> 'absent' as came, coalesce(t.current_urn, a.urn) as urn
    from attendance a
    join run r on r.session_id = a.session_id
    left join booking b on b.session_id = a.session_id and b.person_id = a.person_id
    left join survivor s on s.entry = a.person_id
    left join today t on t.trustuid = r.trustuid and t.urn = a.urn
    where (a.attendance <> 'absent' or r.places is null or b.state = 'booked')
        and ($2::text[] is null or a.urn = any($2))
),
evidence as (
    select i.*, coalesce(t.current_urn, i.urn) as current_urn, coalesce(h.name, i.urn) as school
    from impact i
    left join today t on t.trustuid = i.trustuid and t.urn = i.urn
    left join school h on h.trustuid = i.trustuid and h.urn = i.urn
    where $2::text[] is null or i.urn = any($2)
),
