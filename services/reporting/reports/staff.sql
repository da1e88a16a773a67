-- $1 at: who works where today, each under the entry that stands for them; for reports that name this file
stands as (  -- each entry that was merged, along its mergers
    select person_id as entry, merged_into as person_id
    from person
    where merged_into is not null
    union
    select s.entry, p.merged_into
    from stands s
    join person p on p.person_id = s.person_id
    where p.merged_into is not null
),
survivor as (  -- and the one that stands for it; an entry that is not here stands for itself
    select s.entry, s.person_id
    from stands s
    left join person p on p.person_id = s.person_id
    where p.merged_into is null
),
terms as (
    select distinct on (person_id, engagement_id) person_id, engagement_id, role, fte_hundredths, acting
    from engagement_term
    where role is not null and from_on <= ($1::timestamptz at time zone 'Europe/London')::date
    order by person_id, engagement_id, from_on desc, streamversion desc
),
pausing as (
    select distinct on (person_id, engagement_id) person_id, engagement_id, paused
    from engagement_term
    where paused is not null and from_on <= ($1::timestamptz at time zone 'Europe/London')::date
    order by person_id, engagement_id, from_on desc, streamversion desc
),
-- Every engagement that has begun and not ended, as it is today: each has terms. An inner join with these by two columns,
-- or with what a report adds, would have Postgres expect a single row, and look through all rows again for each.
working as materialized (
    select e.trustuid, coalesce(s.person_id, e.person_id) as person_id, e.engagement_id, e.urn, e.kind, e.started_on,
        t.role, t.fte_hundredths, t.acting, coalesce(p.paused, false) as paused, e.event_id
    from engagement e
    left join survivor s on s.entry = e.person_id
    left join terms t on t.person_id = e.person_id and t.engagement_id = e.engagement_id
    left join pausing p on p.person_id = e.person_id and p.engagement_id = e.engagement_id
    where not e.moved
        and e.started_on <= ($1::timestamptz at time zone 'Europe/London')::date
        and (e.ended_on is null or e.ended_on >= ($1::timestamptz at time zone 'Europe/London')::date)
),
