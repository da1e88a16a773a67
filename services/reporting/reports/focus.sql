-- $1 at, $2 the school's URNs, $3 trust, $4 cycle
with recursive
-- schools.sql
before as (  -- each cycle and the one that started just before it; of two that start together neither is before
    select c.trustuid, c.cycle, c.starts_on, (
        select p.cycle
        from cycle p
        where p.trustuid = c.trustuid and p.starts_on < c.starts_on
        order by p.starts_on desc, p.cycle desc
        limit 1
    ) as previous_cycle
    from cycle c
),
told as (  -- the cycles that are told of, and those before them, which only say what changed
    select trustuid, cycle, bool_or(wanted) as wanted
    from (
        select trustuid, cycle, true as wanted
        from item
        where ($3::text is null or trustuid = $3) and ($4::text is null or cycle = $4)
        union all
        select trustuid, previous_cycle, false
        from before
        where ($3::text is null or trustuid = $3) and cycle = $4
    ) named
    group by trustuid, cycle
),
asked as (  -- every item and school that it was issued to
    select i.trustuid, i.cycle, i.focus_id, x.urn, i.item_id, i.due_by, i.event_id, t.wanted
    from told t
    join item i on i.trustuid = t.trustuid and i.cycle = t.cycle
    join item_school x on x.item_id = i.item_id
    where $2::text[] is null or x.urn = any($2)
),
cell as (  -- school x focus x cycle; an item asked again counts from its first due time
    select distinct on (trustuid, cycle, focus_id, urn)
        trustuid, cycle, focus_id, urn, due_by, event_id as asked_event_id, wanted
    from asked
    order by trustuid, cycle, focus_id, urn, due_by, item_id
),
last_said as (  -- within a stream: the highest version, with what its meeting's first answer knows, and has come after it
    select distinct on (a.item_id, a.urn) q.trustuid, q.cycle, q.focus_id, a.item_id, a.urn, a.meeting_id, a.rag,
        a.needs_help, a.help_dimension, a.comment, a.disadvantaged_note, a.happened_at, a.logindex, a.recorded_at, a.event_id,
        first_value(a.held_at) over of_meeting as met_at,
        first_value(a.late) over of_meeting as given_late,
        count(a.supersedes) over of_meeting as corrections
    from asked q
    join answer a on a.item_id = q.item_id and a.urn = q.urn
    window of_meeting as (
        partition by a.item_id, a.urn, a.meeting_id
        order by a.supersedes is not null, a.streamversion
        rows between unbounded preceding and unbounded following
    )
    order by a.item_id, a.urn, a.streamversion desc
),
stands as (  -- across streams: the latest happenedat
    select distinct on (trustuid, cycle, focus_id, urn) *
    from last_said
    order by trustuid, cycle, focus_id, urn, happened_at desc, logindex desc
),
judged as (
    select
        c.trustuid, c.cycle, c.focus_id, c.urn, coalesce(t.current_urn, c.urn) as current_urn, c.due_by,
        c.asked_event_id, c.wanted,
        s.event_id, s.item_id, s.meeting_id, s.rag as said, s.needs_help, s.help_dimension,
        s.happened_at, s.logindex, s.recorded_at, s.met_at, s.given_late, s.corrections,
        s.comment is not null as comment_given, s.disadvantaged_note is not null as disadvantaged_note_given,
        case
            when s.rag is not null then s.rag
            when c.due_by < $1::timestamptz and (
                not exists (select 1 from spell m where m.trustuid = c.trustuid and m.urn = c.urn)
                or exists (
                    select 1
                    from spell m
                    where m.trustuid = c.trustuid and m.urn = c.urn
                        and m.joined_on <= (c.due_by at time zone 'Europe/London')::date
                        and (m.left_on is null or m.left_on > (c.due_by at time zone 'Europe/London')::date)
                )
            ) then 'overdue'
            else 'no_answer'
        end as state
    from cell c
    left join today t on t.trustuid = c.trustuid and t.urn = c.urn
    left join stands s
        on s.trustuid = c.trustuid and s.cycle = c.cycle and s.focus_id = c.focus_id and s.urn = c.urn
),
earlier as (  -- the same, by the URN of today: of a school that was asked under several, the latest answer counts
    select distinct on (trustuid, cycle, focus_id, current_urn) trustuid, cycle, focus_id, current_urn, state
    from judged
    order by trustuid, cycle, focus_id, current_urn, happened_at desc nulls last, logindex desc, urn
),
ranked (state, rank) as (values ('red', 1), ('amber', 2), ('green', 3))
select
    j.trustuid,
    j.cycle,
    j.focus_id::text as focus_id,
    f.title,
    j.urn,
    coalesce(s.name, j.urn) as school,
    j.current_urn,
    j.state,
    case when j.state <> 'not_applicable' then j.event_id is not null end as answered,
    case when now_rank.rank is not null then j.said end as rag,
    e.state as previous_state,
    case sign(now_rank.rank - then_rank.rank) when 1 then 'better' when -1 then 'worse' when 0 then 'same' end
        as trend,
    j.met_at as answered_at,
    j.recorded_at,
    j.meeting_id::text as meeting_id,
    j.given_late as late,
    j.needs_help,
    j.help_dimension,
    j.due_by,
    case when j.event_id is not null then j.comment_given end as comment_given,
    case when j.event_id is not null then j.disadvantaged_note_given end as disadvantaged_note_given,
    j.item_id::text as item_id,
    j.event_id::text as event_id,
    j.asked_event_id::text as asked_event_id,
    coalesce(j.corrections, 0) as corrections
from judged j
left join focus_area f on f.focus_id = j.focus_id
left join school s on s.trustuid = j.trustuid and s.urn = j.urn
left join before b on b.trustuid = j.trustuid and b.cycle = j.cycle
left join earlier e on e.trustuid = j.trustuid and e.cycle = b.previous_cycle and e.focus_id = j.focus_id
    and e.current_urn = j.current_urn
left join ranked now_rank on now_rank.state = j.state
left join ranked then_rank on then_rank.state = e.state
where j.wanted
order by j.trustuid, b.starts_on, j.cycle, f.title, j.focus_id, school, j.urn
