-- $1 names of a person or of schools, $2 the types that have no field for such, $3 a stream; without these everything.
-- $4 services, $5 the log indexes that were known of each; without these what is known now. $6 how many at most
with recursive told as materialized (
    select service, indexes::int8multirange as indexes from unnest($4::text[], $5::text[]) k (service, indexes)
),
named as (
    select service, logindex, stream, streamversion
    from ledger
    where urn = any($1::text[]) or about && $1::text[]
),
asked as (
    select service, logindex from named
    union
    select l.service, l.logindex  -- what names nobody, in the stream of what does
    from named n
    join ledger l on l.service = n.service and l.stream = n.stream and l.type = any($2::text[])
    where n.streamversion = 1
    union
    select service, logindex from ledger where stream = $3::text
),
seen as (
    select service, logindex from asked
    union
    select r.service, r.logindex  -- to whom its texts were shown
    from seen s
    join ledger l on l.service = s.service and l.logindex = s.logindex
    join ledger r on r.service = l.service and r.stream = 'reveals-' || l.id
),
wanted as (
    select service, logindex from seen
    union
    select service, logindex from ledger where $1::text[] is null and $3::text is null
)
select l.service, l.logindex, l.meta, l.record, l.visible_at, l.about, l.urn,
    f.about as first_about, f.urn as first_urn
from wanted w
join ledger l on l.service = w.service and l.logindex = w.logindex
left join ledger f on f.service = l.service and f.stream = l.stream and f.streamversion = 1
where case when $4::text[] is null then not l.parked else
        exists (select from told t where t.service = l.service and l.logindex <@ t.indexes)
        and not exists (  -- of a stream only what has no hole below
            select
            from ledger b
            where b.service = l.service and b.stream = l.stream and b.streamversion < l.streamversion
                and not exists (select from told t where t.service = b.service and b.logindex <@ t.indexes)
        )
    end
order by l.happened_at, l.service, l.logindex
limit $6
