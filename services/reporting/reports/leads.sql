-- $2 the school's URNs, $3 trust, $4 the roles that lead a school: whose work tells that they may lead; needs staff.sql
met_with as (  -- each one-to-one and whose it is
    select o.*, coalesce(s.person_id, o.leader_id) as person_id
    from one_to_one o
    left join survivor s on s.entry = o.leader_id
    where $3::text is null or o.trustuid = $3
),
leads as materialized (  -- the engagements of those for whom one was planned, and those that have led a school
    select e.trustuid, e.urn, e.person_id as entry, coalesce(s.person_id, e.person_id) as person_id, e.engagement_id,
        e.started_on, e.ended_on, e.event_id
    from engagement e
    left join survivor s on s.entry = e.person_id
    left join (select distinct trustuid, person_id from met_with) m
        on m.trustuid = e.trustuid and m.person_id = coalesce(s.person_id, e.person_id)
    left join (select distinct person_id, engagement_id from engagement_term where role = any($4::text[])) h
        on h.person_id = e.person_id and h.engagement_id = e.engagement_id
    where not e.moved
        and (m.person_id is not null or h.person_id is not null)
        and ($2::text[] is null or e.urn = any($2))
        and ($3::text is null or e.trustuid = $3)
)
