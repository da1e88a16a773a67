-- What a consumer keeps beside its effects, so that all of it moves in one transaction.

-- How far each partition was consumed. The epoch rises whenever somebody takes the partition over: who was slow is fenced.
create table offsets (
    consumer      text   not null,
    topic         text   not null,
    partition     int    not null,
    next          bigint not null default 0,
    epoch         bigint not null default 1,
    last_id       text,                 -- names the record before `next`: a recreated topic has another one there
    last_logindex bigint,
    primary key (consumer, topic, partition)
) with (fillfactor = 50);

-- The last applied event of each stream; the next one has the version after it.
create table stream_head (
    consumer text   not null,
    service  text   not null,
    stream   text   not null,
    version  int    not null,
    logindex bigint not null,
    primary key (consumer, service, stream)
) with (fillfactor = 70);

-- What could not be applied yet, and what stands behind it in its stream. Nothing is ever deleted here.
create table parked (
    id                   uuid primary key,  -- made from what it is, so that a repeat is parked once
    consumer             text   not null,
    topic                text   not null,
    partition            int    not null,
    "offset"             bigint,            -- null: it came through the writer's catch-up door
    service              text   not null,
    stream               text   not null,
    streamversion        int,               -- null: unreadable
    logindex             bigint,            -- null: unreadable
    type                 text,
    reason               text   not null,   -- gap | behind | unknown_type | unreadable | poison
    detail               text   not null,   -- never quotes the record
    sealed               bytea  not null,
    at                   timestamptz not null default clock_timestamp(),
    redrive_requested_at timestamptz,
    redriven_at          timestamptz
);
create index parked_waiting on parked (consumer, service, stream, streamversion) where redriven_at is null;
create index parked_marked on parked (consumer, topic, partition, logindex)
    where redriven_at is null and redrive_requested_at is not null;

grant select, insert, update on offsets, stream_head, parked to {app};
