-- The read models of one trust of {schools} schools after three years, as its events would have left them: each school
-- with sixty people, a meeting a fortnight in this year, and some of everything that reports count.
create schema bench;
create table bench.s as select n, (100000 + n)::text as urn from generate_series(1, {schools}) n;
create table bench.p as select n, (100000 + n % {schools} + 1)::text as urn from generate_series(1, 60 * {schools}) n;
create function bench.id(what text) returns uuid language sql immutable as 'select md5(what)::uuid';
create function bench.on_day(n bigint) returns date language sql immutable as 'select date ''2023-09-04'' + (n % 1170)::int';
create function bench.one_of(choice text[], n bigint) returns text language sql immutable
    as 'select choice[1 + n % cardinality(choice)]';

insert into trust (trustuid, trust_ref, name) values ('10000', 'TR10000', 'A trust');
insert into school (trustuid, urn, name, easting, northing, successor_urn, succeeded_on)
    select '10000', urn, 'School ' || n, 400000 + n * 37 % 90000, 300000 + n * 91 % 90000, null, null::date from s
    union all
    select '10000', (300000 + n)::text, 'Old school ' || n, 400000, 300000, urn, '2024-01-01' from s where n % 40 = 0;
insert into membership (trustuid, urn, streamversion, joined_on) select '10000', urn, 1, '2020-09-01' from s;
insert into term (trustuid, urn, academic_year, half_term, starts_on, ends_on)
    select '10000', '', y || '/' || y - 1999, h.name, make_date(y + (h.month < 9)::int, h.month, h.day),
        make_date(y + (h.month < 9)::int, h.month, h.day) + 40
    from generate_series(2023, 2026) y,
        (values ('A1', 9, 2), ('A2', 11, 2), ('Sp1', 1, 5), ('Sp2', 2, 23), ('Su1', 4, 13), ('Su2', 6, 1)) h (name, month, day);
insert into closures (trustuid, urn, academic_year, days)
    select '10000', '', y || '/' || y - 1999, y || '-09-02,' || y || '-10-12' from generate_series(2023, 2026) y;
insert into trajectory (trustuid, urn, trajectory, assessed_on, happened_at, logindex)
    select '10000', urn, bench.one_of('{improving,stable,declining}', n), '2026-09-01', '2026-09-01', n from s;

-- people
insert into person (person_id, trustuid, merged_into, event_id)
    select bench.id('p' || n), '10000', case when n % 500 = 0 then bench.id('p' || n - 1) end, bench.id('pe' || n) from p;
insert into engagement (person_id, engagement_id, trustuid, urn, kind, started_on, ended_on, moved, event_id)
    select bench.id('p' || n), bench.id('e' || n), '10000', urn, bench.one_of('{permanent,permanent,permanent,fixed_term,casual}', n),
        date '2020-09-01' + (n % 2000)::int, case when n % 11 = 0 then date '2026-02-01' + (n % 300)::int end, false, bench.id('ee' || n)
    from p;
insert into engagement_term (person_id, engagement_id, streamversion, from_on, role, fte_hundredths, acting, paused, event_id)
    select bench.id('p' || n), bench.id('e' || n), 2, date '2020-09-01' + (n % 2000)::int,
        case when n % 60 / 5 = 0 then 'headteacher' else bench.one_of('{teacher,teacher,teaching_assistant,deputy,middle_leader}', n) end,
        100 - n % 3 * 20, false, false, bench.id('et' || n)
    from p
    union all
    select bench.id('p' || n), bench.id('e' || n), 3, '2025-09-01', 'teacher', 80, false, null, bench.id('eu' || n) from p where n % 3 = 1
    union all
    select bench.id('p' || n), bench.id('e' || n), 4, '2026-01-01', null, null, null, true, bench.id('ev' || n) from p where n % 29 = 0;
insert into career_stage (person_id, streamversion, trustuid, stage, assessed_on, logindex, event_id)
    select bench.id('p' || n), v, '10000', bench.one_of('{trainee,stage_1,stage_2,stage_3,stage_4,stage_5,late_career}', n + v * (n % 3 / 2)),
        date '2024-09-01' + 365 * v, n * 2 + v, bench.id('s' || n || v)
    from p, generate_series(0, 2) v;
insert into line_manager (person_id, streamversion, manager_id, from_on)
    select bench.id('p' || n), 1, bench.id('p' || n - n % 60), '2023-09-01' from p;
insert into leader (leader_id, trustuid, by_self, endorsed, informed, ended, event_id)
    select bench.id('p' || n), '10000', n % 4 = 0, n % 3 = 0, true, n % 9 = 0, bench.id('l' || n) from p where n % 6 = 0;
insert into readiness (assessment_id, trustuid, leader_id, post_type, readiness, provisional, valid_until, happened_at, logindex, event_id)
    select bench.id('r' || n || v), '10000', bench.id('p' || n), 'headteacher', bench.one_of('{ready_now,1_year,2_3_years}', n),
        n % 5 = 0, '2027-01-01', timestamptz '2026-01-01' + v * interval '1 day', n * 3 + v, bench.id('re' || n || v)
    from p, generate_series(0, 2) v where n % 6 = 0;
insert into post (post_id, trustuid, post_type, event_id) select bench.id('post' || n || v), '10000', 'headteacher', bench.id('poste' || n || v) from s, generate_series(1, 2) v;
insert into post_school (post_id, urn, trustuid) select bench.id('post' || n || v), urn, '10000' from s, generate_series(1, 2) v;
insert into post_change (post_id, streamversion, person_id, kind, on_day, share_hundredths, interim, internal, event_id)
    select bench.id('post' || n || v), 1 + t, bench.id('p' || n + t * {schools}), 'filled', date '2020-09-01' + 500 * t, 100, false, n % 2 = 0, bench.id('pc' || n || v || t)
    from s, generate_series(1, 2) v, generate_series(0, 4) t;
insert into successor (post_id, leader_id, emergency_cover, removed, logindex, event_id)
    select bench.id('post' || n || v), bench.id('p' || 6 * ((n + t * 37) % (10 * {schools}) + 1)), t = 3, false, n * 8 + v * 4 + t, bench.id('su' || n || v || t)
    from s, generate_series(1, 2) v, generate_series(0, 3) t;
insert into one_to_one (one_to_one_id, trustuid, leader_id, planned_on, planned_event_id, held_on, held_event_id)
    select bench.id('o' || n || v), '10000', bench.id('p' || n), date '2026-09-07' + v * 7, bench.id('op' || n || v), date '2026-09-07' + v * 7, bench.id('oh' || n || v)
    from p, generate_series(0, 9) v where n / {schools} < 2;
insert into requirement (trustuid, training, streamversion, title, basis, roles, recurrence_months, grace_days, effective_from, event_id)
    select '10000', 'training_' || v, 1, 'Training ' || v, 'statutory', case when v > 2 then array['headteacher', 'deputy'] else '{}' end, 12, 30, '2023-09-01', bench.id('rq' || v)
    from generate_series(1, 6) v;
insert into completion (person_id, training, completed_on, trustuid, expires_on, dated_by, event_id)
    select bench.id('p' || n), 'training_' || v, date '2023-09-10' + 365 * y + (n % 100)::int, '10000', null, 'nobody_yet', bench.id('c' || n || v || y)
    from p, generate_series(1, 3) v, generate_series(0, 2) y where n % 10 <> v;
insert into award (person_id, course, awarded_on, event_id)
    select bench.id('p' || n), bench.one_of('{npq-headship,masters,mba}', n / 60), '2022-07-01', bench.id('aw' || n) from p where n % 9 = 0;
insert into enrolment (person_id, course, enrolment_id, withdrawn, outcome, event_id)
    select bench.id('p' || n), 'npq-headship', bench.id('en' || n), n % 7 = 0, bench.one_of('{passed,failed}', n), bench.id('ene' || n) from p where n % 10 = 1;

-- coaching and the bank of experience
insert into coach (membership_id, trustuid, urn, person_id, basis, kinds, places, from_on)
    select bench.id('m' || n), '10000', urn, bench.id('p' || n), 'trained', array[bench.one_of('{coaching,mentoring}', n)], 3, '2024-09-01' from p where n / {schools} = 7;
insert into coaching_request (request_id, trustuid, urn, person_id, kind, from_on, to_on)
    select bench.id('cr' || n), '10000', urn, bench.id('p' || n), bench.one_of('{coaching,mentoring}', n), '2026-09-01', '2027-07-01' from p where n / {schools} = 8;
insert into pairing (pairing_id, trustuid, urn, coach_id, coachee_ids, kind, request_id, starts_on, ends_on, sessions, minutes, ended_on, event_id, ended_event_id)
    select bench.id('pa' || n), '10000', urn, bench.id('p' || n), array[bench.id('p' || n + {schools})], bench.one_of('{coaching,mentoring}', n),
        case when n % 10 > 0 then bench.id('cr' || n + {schools}) end, '2026-09-01', '2027-07-01', 6, 360, case when n % 3 = 0 then date '2026-10-30' end, bench.id('pae' || n),
        case when n % 3 = 0 then bench.id('pad' || n) end
    from p where n / {schools} = 7;
insert into bank_entry (person_id, basis, source, trustuid, kind, gained_on, event_id)
    select bench.id('p' || n), bench.id('b' || n || v), 'experience', '10000', bench.one_of('{project,review,coaching,deployment,other}', n + v), bench.on_day(n * 7 + v), bench.id('be' || n || v)
    from p, generate_series(1, 3) v where n % 6 = 0;
insert into bank_deployment (person_id, deployment_id, trustuid, from_urn, to_urn, days, starts_on, ended_on, outcome, ended_event_id)
    select bench.id('p' || n), bench.id('d' || n), '10000', urn, (100001 + n * 7 % {schools})::text, 20, bench.on_day(n), bench.on_day(n) + 20, 'green', bench.id('de' || n) from p where n % 20 = 0;

-- the loop of this year
insert into cycle (trustuid, cycle, starts_on, ends_on)
    select '10000', '2026/27-' || c, date '2026-09-07' + 14 * c, date '2026-09-20' + 14 * c from generate_series(0, 5) c;
insert into focus_area (focus_id, trustuid, title, principle, starts_on)
    select bench.id('f' || f), '10000', 'Focus area ' || f, null, '2026-09-01' from generate_series(0, 2) f;
insert into item (item_id, trustuid, focus_id, cycle, due_by, issued_at, event_id)
    select bench.id('i' || c || f), '10000', bench.id('f' || f), '2026/27-' || c, timestamptz '2026-09-20' + 14 * c * interval '1 day', timestamptz '2026-09-06' + 14 * c * interval '1 day', bench.id('ie' || c || f)
    from generate_series(0, 5) c, generate_series(0, 2) f;
insert into item_school (item_id, urn, trustuid) select bench.id('i' || c || f), urn, '10000' from s, generate_series(0, 5) c, generate_series(0, 2) f;
insert into meeting (meeting_id, trustuid, held_at, event_id)
    select bench.id('me' || n || c), '10000', timestamptz '2026-09-10 16:00+01' + 14 * c * interval '1 day', bench.id('mee' || n || c) from s, generate_series(0, 5) c;
insert into meeting_school (meeting_id, urn, trustuid) select bench.id('me' || n || c), urn, '10000' from s, generate_series(0, 5) c;
insert into meeting_report (meeting_id, streamversion, answered, "of", submitted_at, happened_at, recorded_at, event_id)
    select bench.id('me' || n || c), 2, 3, 3, t, t, t, bench.id('mer' || n || c)
    from (select n, c, timestamptz '2026-09-10 17:00+01' + 14 * c * interval '1 day' as t from s, generate_series(0, 5) c) m;
insert into answer (item_id, urn, streamversion, meeting_id, held_at, late, rag, confidence, needs_help, supersedes, happened_at, recorded_at, logindex, event_id)
    select bench.id('i' || c || f), urn, 1, bench.id('me' || n || c), t, false, bench.one_of('{red,amber,green}', n + f), 3, n % 4 = 0, null, t, t, 1000000 + n * 100 + c * 3 + f, bench.id('a' || n || c || f)
    from s, (select c, f, timestamptz '2026-09-10 17:00+01' + 14 * c * interval '1 day' as t from generate_series(0, 5) c, generate_series(0, 2) f) m
    where n % 13 > 0;
insert into reply (item_id, urn, streamversion, meeting_id, kind, by, happened_at, recorded_at, logindex, event_id)
    select a.item_id, a.urn, 1 + k.v, a.meeting_id, k.kind, 'leader-1', a.happened_at + k.v * interval '1 hour', a.recorded_at + k.v * interval '1 hour', a.logindex + k.v * 10, bench.id(a.event_id::text || k.kind)
    from answer a, (values (1, 'acknowledged'), (2, 'responded'), (3, 'read')) k (v, kind);
insert into action (action_id, meeting_id, item_id, focus_id, urn, owner, due_on, closed_at, outcome, happened_at, recorded_at, logindex, event_id)
    select bench.id('ac' || n || c), bench.id('me' || n || c), bench.id('i' || c || 0), bench.id('f0'), urn, 'leader-1', '2026-12-01', null, null, '2026-10-01', '2026-10-01', 5000000 + n * 10 + c, bench.id('ace' || n || c)
    from s, generate_series(0, 5) c where n % 3 = 0 and n % 13 > 0;

-- capacity
insert into capacity_offer (offer_id, trustuid, giver_urn, dimension, quantity, unit, from_on, to_on, happened_at, event_id)
    select bench.id('of' || n || v), '10000', urn, bench.one_of('{leadership,teaching,finance,places}', n + v), 40 + n % 20, bench.one_of('{half_days,half_days,fte_hundredths,places}', n + v),
        bench.on_day(n * 31 + v * 97), bench.on_day(n * 31 + v * 97) + 120, bench.on_day(n * 31 + v * 97) - 20, bench.id('ofe' || n || v)
    from s, generate_series(1, 8) v;
insert into capacity_request (request_id, trustuid, taker_urn, dimension, quantity, unit, from_on, to_on, priority, plan_id, drafted, confirmed, happened_at, event_id)
    select bench.id('rqq' || n || v), '10000', urn, bench.one_of('{leadership,teaching,finance,places}', n + v), 20, bench.one_of('{half_days,half_days,fte_hundredths,places}', n + v),
        bench.on_day(n * 31 + v * 97), bench.on_day(n * 31 + v * 97) + 60, 'medium', case when v % 2 = 0 then bench.id('plan' || n) end, false, true, bench.on_day(n * 31 + v * 97) - 10, bench.id('rqe' || n || v)
    from s, generate_series(1, 8) v;
insert into capacity_change (offer_id, streamversion, kind, allocation_id, request_id, taker_urn, quantity, from_on, to_on, plan_id, happened_at, event_id)
    select bench.id('of' || n || v), 1 + k.t, k.kind, bench.id('al' || n || v), case when k.t = 1 then bench.id('rqq' || (n % {schools} + 1) || v) end, (100000 + n % {schools} + 1)::text, 15 - 5 * (k.t - 1),
        bench.on_day(n * 31 + v * 97) + 5 * k.t, bench.on_day(n * 31 + v * 97) + 50, case when v % 2 = 0 then bench.id('plan' || n) end, bench.on_day(n * 31 + v * 97), bench.id('ch' || n || v || k.t)
    from s, generate_series(1, 8) v, (values (1, 'allocated'), (2, 'drawn')) k (t, kind);

-- change, priorities, principles, support, what is said of disadvantaged pupils
insert into change (change_id, trustuid, title, align, cost_pence, days, proposed_on, from_on, to_on, event_id, adopted_event_id)
    select bench.id('cg' || n), '10000', 'Change ' || n, 'both', 1000, 5, bench.on_day(n * 31), bench.on_day(n * 31) + 30, bench.on_day(n * 31) + 200, bench.id('cge' || n), bench.id('cga' || n) from s;
insert into change_school (change_id, urn, trustuid) select bench.id('cg' || n), (100001 + (n + v * 17) % {schools})::text, '10000' from s, generate_series(1, 8) v on conflict do nothing;
insert into consultation (change_id, streamversion, groups, from_on, to_on, meets_standard, missing_groups, days_short, event_id)
    select bench.id('cg' || n), 2, '{staff,parents}', bench.on_day(n * 31), bench.on_day(n * 31) + 20, n % 2 = 0, '{}', 0, bench.id('co' || n) from s;
insert into decision (decision_id, trustuid, change_id, cascaded_on, event_id)
    select bench.id('dc' || n), '10000', case when n % 3 > 0 then bench.id('cg' || n) end, bench.on_day(n * 31) + 25, bench.id('dce' || n) from s;
insert into decision_audience (decision_id, urn, role, trustuid) select bench.id('dc' || n), (100001 + (n + v * 17) % {schools})::text, r, '10000' from s, generate_series(1, 8) v, unnest(array['teacher', 'headteacher', 'deputy']) r on conflict do nothing;
insert into understanding (decision_id, urn, role, understood, expected, event_id) select decision_id, urn, role, 8, 10, bench.id(decision_id || urn || role) from decision_audience where role <> 'deputy';
insert into priority (priority_id, trustuid, cycle, urn, title, role_level, event_id)
    select bench.id('pr' || c || v), '10000', '2026/27-' || c, null, 'Priority ' || v, 'head', bench.id('pre' || c || v) from generate_series(0, 1) c, generate_series(1, 8) v;
insert into ballot (trustuid, cycle, person_id, urn, role_level, ranking, happened_at, logindex, event_id)
    select '10000', '2026/27-' || c, bench.id('p' || n), urn, bench.one_of('{head,senior,middle}', n), array[bench.id('pr' || c || 1 + n % 8), bench.id('pr' || c || 1 + (n + 3) % 8)], '2026-09-10', n, bench.id('ba' || c || n)
    from p, generate_series(0, 1) c where n / {schools} < 4;
insert into self_assessment (assessment_id, trustuid, urn, instrument, happened_at, logindex, event_id)
    select bench.id('sa' || n || v), '10000', urn, 'principles', timestamptz '2024-09-01' + v * interval '1 year', n * 3 + v, bench.id('sae' || n || v) from s, generate_series(0, 2) v;
insert into self_answer (assessment_id, item, answer, place)
    select bench.id('sa' || n || v), 'principle_' || i, bench.one_of('{we_do_this,we_talk_about_it,we_should,we_dont,never_thought_about_it}', n + i), i from s, generate_series(0, 2) v, generate_series(1, 12) i;
insert into support_request (request_id, trustuid, urn, kind, opened_at, closed_at, event_id)
    select bench.id('sr' || n || v), '10000', urn, 'hr', bench.on_day(n * 31 + v * 97), case when v < 5 then bench.on_day(n * 31 + v * 97) + 5 end, bench.id('sre' || n || v) from s, generate_series(1, 6) v;
insert into support_answer (request_id, streamversion, answered_at, event_id) select bench.id('sr' || n || v), 2, bench.on_day(n * 31 + v * 97) + 2, bench.id('sra' || n || v) from s, generate_series(1, 5) v;
insert into lens (kind, thing, trustuid, urns, what, focus_id, rag, has_note, lens, happened_at, event_id)
    select 'answer', a.item_id || a.urn, '10000', array[a.urn], null, i.focus_id, a.rag, a.logindex % 3 = 0, null, a.happened_at, a.event_id from answer a join item i on i.item_id = a.item_id
    union all
    select 'plan', 'plan' || n || v, '10000', array[urn], 'Plan ' || n, null, null, n % 2 = 0, null, bench.on_day(n), bench.id('lp' || n || v) from s, generate_series(1, 3) v
    union all
    select 'focus', bench.id('f' || f)::text, '10000', '{}', 'Focus area ' || f, null, null, true, 'Who gains least?', '2026-09-01', bench.id('lf' || f) from generate_series(0, 2) f
    union all
    select 'change', n::text, '10000', array_agg(c.urn order by c.urn), 'Change ' || n, null, null, n % 2 = 0, null, bench.on_day(n), bench.id('lc' || n) from s join change_school c on c.change_id = bench.id('cg' || n) group by n;

-- reviews, partnerships, practice
insert into review (review_id, trustuid, urn, focus, from_on, to_on, happened_at, event_id, completed_at, completed_event_id)
    select bench.id('rv' || n || v), '10000', urn, 'reading', bench.on_day(n * 31 + v * 97), bench.on_day(n * 31 + v * 97) + 2, bench.on_day(n * 31 + v * 97), bench.id('rve' || n || v),
        case when v < 3 then bench.on_day(n * 31 + v * 97) + 10 end, case when v < 3 then bench.id('rvc' || n || v) end
    from s, generate_series(1, 3) v;
insert into reviewer (review_id, streamversion, reviewer_id, reviewer_urn, trained_on, happened_at, event_id)
    select bench.id('rv' || n || v), 1 + w, bench.id('p' || (n * 13 + v * 5 + w) % (60 * {schools}) + 1), (100001 + (n * 13 + v * 5 + w) % {schools})::text, '2023-09-01', bench.on_day(n * 31 + v * 97), bench.id('rvw' || n || v || w)
    from s, generate_series(1, 3) v, generate_series(1, 3) w;
insert into finding (review_id, finding_id, kind, waived, happened_at, event_id)
    select bench.id('rv' || n || v), bench.id('fi' || n || v || w), bench.one_of('{strength,development}', w), w = 6, bench.on_day(n * 31 + v * 97), bench.id('fie' || n || v || w) from s, generate_series(1, 3) v, generate_series(1, 6) w;
insert into follow_up (review_id, action_id, due_on, happened_at, event_id, closed_at)
    select bench.id('rv' || n || v), bench.id('fu' || n || v || w), bench.on_day(n * 31 + v * 97) + 60, bench.on_day(n * 31 + v * 97), bench.id('fue' || n || v || w),
        case when v = 1 then bench.on_day(n * 31 + v * 97) + 50 end
    from s, generate_series(1, 3) v, generate_series(1, 5, 2) w;
insert into peer_visit (visit_id, trustuid, from_urn, to_urn, kind, happened_at, event_id)
    select bench.id('vi' || n || v), '10000', urn, (100001 + (n + v * 11) % {schools})::text, 'learning_walk', bench.on_day(n * 31 + v * 97), bench.id('vie' || n || v) from s, generate_series(1, 6) v;
insert into moderation (moderation_id, trustuid, subject, happened_at, event_id, held_at, held_event_id)
    select bench.id('mo' || n), '10000', bench.one_of('{writing,maths,science}', n), bench.on_day(n), bench.id('moe' || n), bench.on_day(n), bench.id('moh' || n) from s where n % 10 = 0;
insert into moderation_school (moderation_id, urn, held) select bench.id('mo' || n), (100001 + (n + v) % {schools})::text, true from s, generate_series(1, 9) v where n % 10 = 0 on conflict do nothing;
insert into collaboration (collaboration_id, trustuid, title, purpose, starts_on, ends_on, opportunity_cost_days, opportunity_cost_pence, event_id)
    select bench.id('cl' || n), '10000', 'Partnership ' || n, 'reading', bench.on_day(n * 31), bench.on_day(n * 31) + 300, 5, 100000, bench.id('cle' || n) from s;
insert into partner (collaboration_id, place, kind, urn, gives, receives) select bench.id('cl' || n), v, 'school', (100001 + (n + v * 7) % {schools})::text, '{teaching}', '{finance}' from s, generate_series(0, 2) v;
insert into five_test (collaboration_id, test, score, event_id) select bench.id('cl' || n), t, 1 + n % 5, bench.id('ft' || n || t) from s, unnest(array['purpose', 'mutuality', 'change', 'pace', 'prioritisation']) t;
insert into commitment (collaboration_id, commitment_id, urn, happened_at, event_id) select bench.id('cl' || n), bench.id('cm' || n || v), urn, '2026-09-01', bench.id('cme' || n || v) from s, generate_series(1, 2) v;
insert into practice_template (template_id, streamversion, trustuid, urn, title, version, happened_at, event_id)
    select bench.id('pt' || n), v, '10000', urn, 'Template ' || n, v, bench.on_day(n), bench.id('pte' || n || v) from s, generate_series(1, 2) v;
insert into template_adoption (template_id, streamversion, urn, version, happened_at, event_id) select bench.id('pt' || n), 10 + v, (100001 + (n + v * 7) % {schools})::text, 1, bench.on_day(n), bench.id('pta' || n || v) from s, generate_series(1, 5) v;
insert into research_group (group_id, trustuid, question, happened_at, event_id) select bench.id('rg' || n), '10000', 'What helps?', bench.on_day(n), bench.id('rge' || n) from s where n % 5 = 0;
insert into research_school (group_id, urn, place) select bench.id('rg' || n), (100001 + (n + v * 7) % {schools})::text, v from s, generate_series(1, 4) v where n % 5 = 0 on conflict do nothing;
insert into shared_experience (experience_id, trustuid, kind, urn, theme, happened_at, event_id) select bench.id('se' || n || v), '10000', bench.one_of('{success,challenge}', v), urn, 'attendance', bench.on_day(n), bench.id('see' || n || v) from s, generate_series(1, 4) v;

-- courses
insert into programme (programme_id, trustuid, urn, title, kind, audience_stages, audience_roles, cost_pence, published_at)
    select bench.id('pg' || n), '10000', case when n % 2 = 0 then urn end, 'Programme ' || n, 'workshop', '{}', '{}', 5000, '2025-09-01' from s where n % 4 = 0;
insert into session (session_id, programme_id, trustuid, scope, urn, places, scheduled_at)
    select bench.id('ss' || n || v), bench.id('pg' || n), '10000', case when n % 2 = 0 then 'school' else 'trust' end, case when n % 2 = 0 then urn end, 30, bench.on_day(n * 31 + v * 97) from s, generate_series(1, 6) v where n % 4 = 0;
insert into session_change (session_id, streamversion, starts_at, ends_at, "where", cancelled, changed_at, event_id)
    select bench.id('ss' || n || v), 1, bench.on_day(n * 31 + v * 97) + interval '9 hours', bench.on_day(n * 31 + v * 97) + interval '11 hours', 'Hall', false, bench.on_day(n * 31 + v * 97) - interval '20 days', bench.id('sse' || n || v)
    from s, generate_series(1, 6) v where n % 4 = 0;
insert into booking (session_id, person_id, urn, state, event_id)
    select bench.id('ss' || n || v), bench.id('p' || (n * 17 + v * 31 + w) % (60 * {schools}) + 1), (100001 + (n * 17 + v * 31 + w) % {schools})::text, 'booked', bench.id('bo' || n || v || w) from s, generate_series(1, 6) v, generate_series(1, 15) w where n % 4 = 0;
insert into attendance (session_id, person_id, urn, attendance, event_id) select session_id, person_id, urn, 'present', bench.id(event_id::text) from booking;
insert into evaluation (session_id, person_id, level, score, evaluated_on, event_id) select session_id, person_id, 1, 4, '2026-01-01', bench.id(event_id::text || 1) from booking;
insert into impact (impact_id, programme_id, trustuid, urn, level, measure, baseline_thousandths, follow_up_thousandths, evidenced_on, event_id)
    select bench.id('im' || n), bench.id('pg' || n), '10000', urn, 4, 'attendance', 900, 940, '2026-06-01', bench.id('ime' || n) from s where n % 4 = 0;
insert into role_count (stream, trustuid, area, scheme, role, count, as_at, event_id) select 'role' || n, '10000', 'area ' || n, 'nlg', 'leader', 5, '2026-09-01', bench.id('ro' || n) from s where n % 4 = 0;
insert into forecast (forecast_id, trustuid, scenario, post_type, horizon_years, forecast_on, happened_at, logindex, event_id) values (bench.id('fc'), '10000', 'as_planned', 'headteacher', 3, '2026-09-01', '2026-09-01', 1, bench.id('fce'));
insert into forecast_year (forecast_id, academic_year_starts_on, demand_hundredths, supply_hundredths, gap_hundredths, gap_low_hundredths, gap_high_hundredths) select bench.id('fc'), make_date(2026 + y, 9, 1), 100, 80, 20, 10, 30 from generate_series(1, 3) y;
drop schema bench cascade;
