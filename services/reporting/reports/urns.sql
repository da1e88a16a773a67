-- $1 URNs: those that they went by before, and go by since, whatever merged on the way
with recursive linked as (
    select urn, successor_urn from school where successor_urn is not null
),
family as (
    select unnest($1::text[]) as urn
    union
    select case when l.urn = f.urn then l.successor_urn else l.urn end
    from family f
    join linked l on l.urn = f.urn or l.successor_urn = f.urn
)
select urn from family where urn <> all($1) order by urn
