-- Facts that something is still to be done about: kept with the offsets that they were heard at, gone when it is done.

create table fact_due (
    fact_id   uuid        not null,
    reaction  text        not null,
    meta      bytea       not null,     -- the envelope and the record as they were heard: personal texts are sealed
    record    bytea       not null,
    kept_at   timestamptz not null default clock_timestamp(),
    due_at    timestamptz not null default clock_timestamp(),
    tries     int         not null default 0,
    primary key (fact_id, reaction)
);
create index fact_due_at on fact_due (due_at);

grant select, insert, update, delete on fact_due to {app};
