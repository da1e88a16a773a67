-- What was refused, as it came: kept sealed for 30 days, so that somebody can see what a school's system really sends.

create table kept_claim (
    origin      text not null,
    source      text not null,
    id          text not null,
    fingerprint bytea not null,         -- of its bytes, with a key: the same again is not kept again
    code        text not null,
    sealed      bytea not null,
    kept_at     timestamptz not null,
    primary key (origin, source, id, fingerprint)
);
create index on kept_claim (id);
grant select, insert, delete on kept_claim to {app};
