-- $1 at, $2 trust, $3 URNs, $4 items: what these schools were asked in the last half year and have not answered; and
-- these items in any case
select i.item_id::text as item_id, s.urn, coalesce(f.title, 'A focus area not known yet') as title, f.question, i.due_by
from item i
join item_school s on s.item_id = i.item_id
left join focus_area f on f.focus_id = i.focus_id
where i.trustuid = $2 and s.urn = any($3::text[]) and (i.item_id = any($4::uuid[]) or i.due_by > $1::timestamptz - interval '6 months'
        and not exists (select from answer a where a.item_id = i.item_id and a.urn = s.urn))
order by i.due_by, title, i.item_id, s.urn
