-- Every event received, as bytes, with its log index and the time it became visible here. Never changed, but for what was
-- parked and is not any more: it becomes visible then.
create table ledger (
    service       text        not null,
    logindex      bigint      not null,
    stream        text        not null,
    streamversion int         not null,
    id            uuid        not null,
    type          text        not null,
    time          timestamptz not null,   -- when it was recorded
    happened_at   timestamptz not null,
    trustuid      text        not null,
    urn           text,
    meta          bytea       not null,   -- RFC 8785 JSON of the envelope
    record        bytea       not null,   -- RFC 8785 JSON of the event, personal texts sealed
    visible_at    timestamptz not null,
    parked        boolean     not null default false,
    correlation   text        not null,
    cause         text,                   -- the id of the event that caused it
    about         text[],                 -- ids of people and URNs that it names, but for `urn`
    primary key (service, logindex)
);
create index ledger_time on ledger (time, service, logindex) where not parked;
create index ledger_stream on ledger using hash (stream);  -- where something of it is voided; a hash costs the least
create index ledger_parked on ledger (service, logindex) where parked;
create index ledger_id on ledger using hash (id);
create index ledger_cause on ledger using hash (cause) where cause is not null;
create index ledger_correlation on ledger (correlation);  -- a request may record thousands, which no hash can bear
create index ledger_urn on ledger (urn, time, service, logindex) where urn is not null;
create index ledger_about on ledger using gin (about) where about is not null;

-- How much of each service's log is here: everything below `next`. `changes` rises with every batch.
create table position (
    service text   primary key,
    next    bigint not null default 0,
    changes bigint not null default 0
) with (fillfactor = 50);

-- Which schema holds each read model. A page reads this row and the tables in one snapshot.
create table live (
    projection text primary key,
    schema     text not null,
    definition text not null,             -- a hash of its tables' definition
    since      timestamptz not null default clock_timestamp()
);

-- Schemas that were live; dropped when nobody can be reading them any more.
create table retired (
    schema text primary key,
    at     timestamptz not null default clock_timestamp()
);

-- Read models as they stood at some moment, filled when somebody asks.
create table scratch (
    projection text not null,
    key        text not null,
    schema     text not null unique,
    used_at    timestamptz not null default clock_timestamp(),
    primary key (projection, key)
);

grant select, insert on ledger to {app};
grant update (parked, visible_at, about) on ledger to {app};
grant select, insert, update on position, live to {app};
grant select, insert, update, delete on retired, scratch to {app};
do $$ begin execute format('grant create on database %I to {app}', current_database()); end $$;
