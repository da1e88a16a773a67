-- Which trust each school belongs to, as this service has heard it from the register: what a URN's claims are taken for.

create table school (
    trustuid    text not null,
    urn         text not null,
    joined_on   date not null,
    recorded_at timestamptz not null,  -- when this joining was recorded
    left_on     date,                  -- the first day outside
    primary key (trustuid, urn)
);
create index school_by_urn on school (urn);
grant select, insert, update on school to {app};
