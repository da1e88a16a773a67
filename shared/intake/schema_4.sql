-- What the views were made of, as it was heard: where something of a stream is voided, they are made again from the rest.

create table heard_event (
    service  text   not null,
    stream   text   not null,
    version  int    not null,
    logindex bigint not null,
    meta     bytea  not null,           -- personal texts in the record are sealed
    record   bytea  not null,
    primary key (service, stream, version)
);

grant select, insert on heard_event to {app};
grant delete on school to {app};
