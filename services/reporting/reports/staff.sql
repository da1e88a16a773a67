-- $1 at: who works where today, each under the entry that stands for them; for reports that name this file
stands as (  -- each entry along its mergers
    select person_id as entry, person_id from person
    union
    select s.entry, p.merged_into
    from stands s
    join person p on p.person_id = s.person_id
    where p.merged_into is not null
),
survivor as (  -- each entry and the one that stands for it
    select s.entry, s.person_id
    from stands s
    left join person p on p.person_id = s.person_id
    where p.merged_into is null
),
working as (  -- every engagement that has begun and not ended, as it is today
    select e.trustuid, coalesce(s.person_id, e.person_id) as person_id, e.engagement_id, e.urn, e.kind, e.started_on,
        w.role, w.fte_hundredths, w.acting, coalesce(p.paused, false) as paused, e.event_id
    from engagement e
    left join survivor s on s.entry = e.person_id
    cross join lateral (
        select t.role, t.fte_hundredths, t.acting
        from engagement_term t
        where t.person_id = e.person_id and t.engagement_id = e.engagement_id and t.role is not null
            and t.from_on <= ($1::timestamptz at time zone 'Europe/London')::date
        order by t.from_on desc, t.streamversion desc
        limit 1
    ) w
    left join lateral (
        select t.paused
        from engagement_term t
        where t.person_id = e.person_id and t.engagement_id = e.engagement_id and t.paused is not null
            and t.from_on <= ($1::timestamptz at time zone 'Europe/London')::date
        order by t.from_on desc, t.streamversion desc
        limit 1
    ) p on true
    where not e.moved
        and e.started_on <= ($1::timestamptz at time zone 'Europe/London')::date
        and (e.ended_on is null or e.ended_on >= ($1::timestamptz at time zone 'Europe/London')::date)
),
