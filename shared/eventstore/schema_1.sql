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

-- What the service itself may do: read everything, append by the function, number and publish. Not even the owner can change
-- an event.
grant select on event, stream, command, log to {app};
grant select, insert, delete on pending, receipt_pending to {app};
grant insert on log to {app};
grant select, update on lease to {app};
