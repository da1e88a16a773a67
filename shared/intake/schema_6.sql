-- Under which new URNs schools go on, as this service has heard it from the register.

create table succession (
    trustuid text not null,
    from_urn text not null,
    to_urn   text not null,
    on_day   date not null,              -- the first day of the new one
    primary key (trustuid, from_urn)
);
create index on succession (from_urn);
create index on succession (to_urn);
grant select, insert, update, delete on succession to {app};
