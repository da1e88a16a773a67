-- Append a batch of writes, each atomic, in one round trip.
--
-- A write is a command's answer (command_* at its number; a null id means an append without a command) and any number of
-- parts; a part is a stream, the version it is expected at, and its next events. All heads are locked first, in the order of
-- their names, so that two batches cannot wait for each other. Then each write is taken or not by itself:
--   appended  every part was at its expected version, or the very same events already stand there
--   conflict  a part was at another version, which is returned with the stream's name
--   known     the command was answered before; its fingerprint, outcome and receipt are returned and nothing is written.
--             Only "parked" is not a last word: the answer that a parked claim gets in the end takes its place.
-- What is read and what is written is one statement a table and batch; the loop between them touches no table, but for a
-- part at an unexpected version. Somebody who answers the same command at the same moment is a serialization_failure:
-- nothing was written, and the batch finds the answer when it is tried again.
create or replace function append(
    command_origins text[], command_sources text[], command_ids text[], command_fingerprints bytea[],
    command_outcomes text[], command_receipts bytea[], command_times timestamptz[], command_publish boolean[],
    part_writes int[], part_streams text[], part_expected int[], part_counts int[],
    event_ids uuid[], event_types text[], event_metas bytea[], event_records bytea[]
) returns table (
    outcome text, conflict_stream text, current_version int,
    known_fingerprint bytea, known_outcome text, known_receipt bytea
)
language plpgsql security definer set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
    genesis constant bytea := decode(repeat('00', 32), 'hex');
    parts int := coalesce(array_length(part_writes, 1), 0);
    commands int := coalesce(array_length(array_remove(command_ids, null), 1), 0);
    head_names text[]; head_versions int[]; head_hashes bytea[];    -- of the locked streams
    part_heads int[];       -- where each part's stream is among them; null: there is none
    known_fingerprints bytea[]; known_outcomes text[]; known_receipts bytea[];
    outcomes text[]; conflict_streams text[]; current_versions int[];
    part int := 1;          -- the first part of the current write
    last int;               -- the part after its last
    first_event int := 1;   -- the first event of the current part
    this_event int;
    repeats boolean;        -- a part of the current write stands there already
    fresh boolean;          -- a part of it does not
    h int;
    v int;
    previous bytea;
    answers int := 0;
    row_streams text[]; row_versions int[]; row_previous bytea[]; row_hashes bytea[]; row_numbers int[];
begin
    if parts = 1 then  -- the usual case: by its key, which costs a quarter of what a set of one would
        if part_expected[1] = 0 then
            insert into stream as s values (part_streams[1], 0, genesis)
                on conflict (name) do update set version = s.version  -- the lock, and what stands there
                returning array[s.version], array[s.hash] into head_versions, head_hashes;
        else
            select array[s.version], array[s.hash] into head_versions, head_hashes
                from stream s where s.name = part_streams[1] for update;
        end if;
        head_names := part_streams;
        part_heads := array[1];
    elsif parts > 1 then
        insert into stream
            select distinct s.name, 0, genesis from unnest(part_streams, part_expected) as s(name, expected)
            where s.expected = 0 order by s.name
            on conflict do nothing;
        with locked as (
            select name, version, hash from stream where name = any(part_streams) order by name for update
        ), numbered as (
            select name, version, hash, (row_number() over (order by name))::int as n from locked
        )
        select (select array_agg(name order by n) from numbered),
               (select array_agg(version order by n) from numbered),
               (select array_agg(hash order by n) from numbered),
               (select array_agg(numbered.n order by p.n)
                from unnest(part_streams) with ordinality as p(name, n) left join numbered using (name))
            into head_names, head_versions, head_hashes, part_heads;
    end if;
    if commands > 0 then
        select array_agg(c.fingerprint order by w.n), array_agg(c.outcome order by w.n), array_agg(c.receipt order by w.n)
            into known_fingerprints, known_outcomes, known_receipts
            from unnest(command_origins, command_sources, command_ids, command_outcomes)
                with ordinality as w(origin, source, id, outcome, n)
            left join command c on (c.origin, c.source, c.id) = (w.origin, w.source, w.id)
                and (c.outcome <> 'parked' or w.outcome = 'parked');
    end if;

    for write in 1 .. coalesce(array_length(command_ids, 1), 0) loop
        last := part;
        while last <= parts and part_writes[last] = write loop last := last + 1; end loop;
        outcomes[write] := case when known_outcomes[write] is null then 'appended' else 'known' end;
        conflict_streams[write] := null;
        current_versions[write] := null;

        repeats := false; fresh := false;
        if outcomes[write] = 'appended' then
            this_event := first_event;
            for p in part .. last - 1 loop
                v := coalesce(head_versions[part_heads[p]], 0);
                if v = part_expected[p] then
                    fresh := fresh or part_counts[p] > 0;
                else
                    repeats := part_counts[p] > 0 and part_counts[p] = (
                        select count(*) from event e where e.stream = part_streams[p]
                            and e.version > part_expected[p] and e.version <= part_expected[p] + part_counts[p]
                            and e.id = event_ids[this_event + e.version - part_expected[p] - 1]
                    );
                    conflict_streams[write] := part_streams[p];
                    current_versions[write] := v;
                    if not repeats then
                        outcomes[write] := 'conflict';
                        exit;
                    end if;
                end if;
                this_event := this_event + part_counts[p];
            end loop;
            if outcomes[write] = 'appended' and repeats and fresh then
                outcomes[write] := 'conflict';  -- only some of it stands there, so it was another write that wrote it
            elsif outcomes[write] = 'appended' then
                conflict_streams[write] := null;
                current_versions[write] := null;
                answers := answers + (command_ids[write] is not null)::int;
            end if;
        end if;

        for p in part .. last - 1 loop
            if outcomes[write] = 'appended' and not repeats and part_counts[p] > 0 then
                h := part_heads[p];
                v := head_versions[h];
                previous := head_hashes[h];
                for e in first_event .. first_event + part_counts[p] - 1 loop
                    v := v + 1;
                    row_streams[e] := part_streams[p];
                    row_versions[e] := v;
                    row_previous[e] := previous;
                    previous := sha256('ev1'::bytea || previous || int4send(octet_length(event_metas[e]))
                        || event_metas[e] || sha256(event_records[e]));
                    row_hashes[e] := previous;
                    row_numbers[e] := e;
                end loop;
                head_versions[h] := v;
                head_hashes[h] := previous;
            end if;
            first_event := first_event + part_counts[p];
        end loop;
        part := last;
    end loop;

    if answers > 0 then
        with answered as (
            insert into command (origin, source, id, fingerprint, outcome, receipt, answered_at)
                select w.origin, w.source, w.id, w.fingerprint, w.outcome, w.receipt, w.at
                from unnest(command_origins, command_sources, command_ids, command_fingerprints, command_outcomes,
                            command_receipts, command_times, outcomes)
                    as w(origin, source, id, fingerprint, outcome, receipt, at, taken)
                where w.taken = 'appended' and w.id is not null
                order by w.origin, w.source, w.id
                on conflict on constraint command_pkey do update
                    set outcome = excluded.outcome, receipt = excluded.receipt, answered_at = excluded.answered_at
                    where command.outcome = 'parked' and excluded.outcome <> 'parked'
                returning 1
        )
        select answers - count(*) into answers from answered;
        if answers > 0 then
            raise exception 'a command of this batch was answered meanwhile' using errcode = 'serialization_failure';
        end if;
        if true = any(command_publish) then
            insert into receipt_pending (origin, source, id)
                select w.origin, w.source, w.id
                from unnest(command_origins, command_sources, command_ids, command_publish, outcomes)
                    with ordinality as w(origin, source, id, publish, taken, n)
                where w.publish and w.taken = 'appended' and w.id is not null order by w.n;
        end if;
    end if;

    if row_numbers is not null then
        if parts = 1 then
            update stream s set version = head_versions[1], hash = head_hashes[1] where s.name = part_streams[1];
        else
            update stream s set version = m.version, hash = m.hash
                from unnest(head_names, head_versions, head_hashes) as m(name, version, hash)
                where s.name = m.name and s.version <> m.version;
        end if;
        with inserted as (
            insert into event (stream, version, id, type, meta, record, prev_hash, hash)
                select r.stream, r.version, event_ids[r.number], event_types[r.number], event_metas[r.number],
                       event_records[r.number], r.previous, r.hash
                from unnest(row_streams, row_versions, row_previous, row_hashes, row_numbers)
                    as r(stream, version, previous, hash, number)
                where r.number is not null
                order by r.number
                returning position
        )
        insert into pending select position from inserted;
    end if;

    for write in 1 .. coalesce(array_length(outcomes, 1), 0) loop
        outcome := outcomes[write];
        conflict_stream := conflict_streams[write];
        current_version := current_versions[write];
        known_fingerprint := known_fingerprints[write];
        known_outcome := known_outcomes[write];
        known_receipt := known_receipts[write];
        return next;
    end loop;
end $$;

-- Nobody but the owner can write an event any other way.
revoke all on function append from public;
grant execute on function append to {app};
