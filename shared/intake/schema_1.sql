-- Claims that could not be decided when they came: kept sealed until what they wait for is there, or their time is over.

create table parked_claim (
    origin      text not null,
    source      text not null,
    id          text not null,
    type        text not null,
    code        text not null,
    waits_for   text,                   -- the stream that brings it back when it begins; null: its type or its school has to be known
    sealed      bytea not null,
    parked_at   timestamptz not null,
    primary key (origin, source, id)
);
create index on parked_claim (waits_for);
grant select, insert, delete on parked_claim to {app};
