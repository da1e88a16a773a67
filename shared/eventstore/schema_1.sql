-- One service's history. Events are appended, never changed; the application's role is not the owner of any of this.

create table event (
    position  bigint generated always as identity primary key,
    stream    text   not null,
    version   int    not null check (version > 0),
    id        uuid   not null unique,
    type      text   not null,
    meta      bytea  not null,          -- RFC 8785 JSON of the envelope
    record    bytea  not null,          -- RFC 8785 JSON of the event, personal texts sealed
    prev_hash bytea  not null check (octet_length(prev_hash) = 32),
    hash      bytea  not null check (octet_length(hash) = 32),
    unique (stream, version)
);

-- The head of each stream: what an append locks, checks and moves.
create table stream (
    name    text  primary key,
    version int   not null,
    hash    bytea not null
) with (fillfactor = 70);

-- Every command and claim that was answered, with its answer. Origin is proven, so nobody can take another's ids.
create table command (
    origin      text  not null,
    source      text  not null,
    id          text  not null,
    fingerprint bytea,                  -- HMAC of the claim; nulled by an erasure
    outcome     text  not null check (outcome in ('accepted', 'refused', 'parked')),
    receipt     bytea not null,
    answered_at timestamptz not null,
    primary key (origin, source, id)
);

-- Committed and not yet numbered; receipts not yet published. Narrow, and empty most of the time.
create table pending (position bigint primary key);
create table receipt_pending (
    number bigint generated always as identity primary key,
    origin text not null,
    source text not null,
    id     text not null
);

-- The order of the service's history: without gaps, given after the commit.
create table log (
    logindex bigint primary key,
    position bigint not null unique     -- of an event; not declared as a foreign key, which would halve the numbering
);

-- One row: who may number and publish, until when, by the database's clock; and how far publishing came.
create table lease (
    one        boolean primary key default true check (one),
    epoch      bigint not null,
    holder     text not null,
    expires_at timestamptz not null,
    published  bigint not null          -- logindex of the next event to publish
);
insert into lease values (true, 0, '', '-infinity', 0);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'history is never changed: % on % is refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger event_is_history before update or delete or truncate on event
    for each statement execute function refuse_change();
create trigger log_is_history before update or delete or truncate on log
    for each statement execute function refuse_change();

-- Append a batch of writes, each atomic, in one round trip.
--
-- A write is a command's answer (command_* at its number; a null id means an append without a command) and any number of
-- parts; a part is a stream, the version it is expected at, and its next events. All heads are locked first, in the order of
-- their names, so that two batches cannot wait for each other. Then each write is taken or not by itself:
--   appended  every part was at its expected version, or the very same events already stand there
--   conflict  a part was at another version, which is returned with the stream's name
--   known     the command was answered before; its fingerprint, outcome and receipt are returned and nothing is written.
--             Only "parked" is not a last word: the answer that a parked claim gets in the end takes its place.
create function append(
    command_origins text[], command_sources text[], command_ids text[], command_fingerprints bytea[],
    command_outcomes text[], command_receipts bytea[], command_times timestamptz[], command_publish boolean[],
    part_writes int[], part_streams text[], part_expected int[], part_counts int[],
    event_ids uuid[], event_types text[], event_metas bytea[], event_records bytea[]
) returns table (
    outcome text, conflict_stream text, current_version int,
    known_fingerprint bytea, known_outcome text, known_receipt bytea
)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    genesis constant bytea := decode(repeat('00', 32), 'hex');
    parts int := coalesce(array_length(part_writes, 1), 0);
    part int := 1;          -- the first part of the current write
    last int;               -- the part after its last
    first_event int := 1;   -- the first event of the current part
    this_event int;
    repeats boolean;        -- a part of the current write stands there already
    fresh boolean;          -- a part of it does not
    head record;
    previous bytea;
    v int;
    row_streams text[]; row_versions int[]; row_previous bytea[]; row_hashes bytea[]; row_numbers int[];
begin
    insert into stream
        select distinct s.name, 0, genesis from unnest(part_streams, part_expected) as s(name, expected)
        where s.expected = 0 order by s.name
        on conflict do nothing;
    perform 1 from stream where name = any(part_streams) order by name for update;

    for write in 1 .. coalesce(array_length(command_ids, 1), 0) loop
        outcome := 'appended';
        conflict_stream := null; current_version := null;
        known_fingerprint := null; known_outcome := null; known_receipt := null;
        last := part;
        while last <= parts and part_writes[last] = write loop last := last + 1; end loop;

        if command_ids[write] is not null then
            select c.fingerprint, c.outcome, c.receipt into known_fingerprint, known_outcome, known_receipt
                from command c
                where c.origin = command_origins[write] and c.source = command_sources[write] and c.id = command_ids[write]
                    and (c.outcome <> 'parked' or command_outcomes[write] = 'parked');
            if found then outcome := 'known'; end if;
        end if;

        repeats := false; fresh := false;
        if outcome = 'appended' then
            this_event := first_event;
            for p in part .. last - 1 loop
                select s.version into v from stream s where s.name = part_streams[p];
                v := coalesce(v, 0);
                if v <> part_expected[p] then
                    if part_counts[p] > 0 and part_counts[p] = (
                        select count(*) from event e where e.stream = part_streams[p]
                            and e.version > part_expected[p] and e.version <= part_expected[p] + part_counts[p]
                            and e.id = event_ids[this_event + e.version - part_expected[p] - 1]
                    ) then
                        repeats := true;
                        conflict_stream := part_streams[p]; current_version := v;
                    else
                        outcome := 'conflict'; conflict_stream := part_streams[p]; current_version := v;
                        exit;
                    end if;
                elsif part_counts[p] > 0 then
                    fresh := true;
                end if;
                this_event := this_event + part_counts[p];
            end loop;
            if outcome = 'appended' and repeats and fresh then
                outcome := 'conflict';  -- only some of it stands there, so it was another write that wrote it
            elsif outcome = 'appended' then
                conflict_stream := null; current_version := null;
            end if;
        end if;

        if outcome = 'appended' and command_ids[write] is not null then
            insert into command values (
                command_origins[write], command_sources[write], command_ids[write], command_fingerprints[write],
                command_outcomes[write], command_receipts[write], command_times[write]
            ) on conflict on constraint command_pkey do update
                set outcome = excluded.outcome, receipt = excluded.receipt, answered_at = excluded.answered_at
                where command.outcome = 'parked' and excluded.outcome <> 'parked';
            if not found then
                outcome := 'known';
                select c.fingerprint, c.outcome, c.receipt into known_fingerprint, known_outcome, known_receipt
                    from command c
                    where c.origin = command_origins[write] and c.source = command_sources[write] and c.id = command_ids[write];
            elsif command_publish[write] then
                insert into receipt_pending (origin, source, id)
                    values (command_origins[write], command_sources[write], command_ids[write]);
            end if;
        end if;

        for p in part .. last - 1 loop
            if outcome = 'appended' and not repeats and part_counts[p] > 0 then
                select s.version, s.hash into head from stream s where s.name = part_streams[p];
                v := head.version;
                previous := head.hash;
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
                update stream s set version = v, hash = previous where s.name = part_streams[p];
            end if;
            first_event := first_event + part_counts[p];
        end loop;
        part := last;
        return next;
    end loop;

    if row_numbers is not null then
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
end $$;

-- What the service itself may do: read everything, append by the function, number and publish. Nobody but the owner can write
-- an event any other way, and not even the owner can change one.
revoke all on function append from public;
grant select on event, stream, command, log to {app};
grant select, insert, delete on pending, receipt_pending to {app};
grant insert on log to {app};
grant select, update on lease to {app};
grant execute on function append to {app};
