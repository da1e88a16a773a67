-- Who is who, and who works where, as this service has heard it from the register: whom claims may speak of.

create table person (
    person_id   uuid primary key,
    trustuid    text not null,
    merged_into uuid                    -- the entry that stands for this one
);

create table staff_reference (
    trustuid  text not null,
    source    text not null,
    staff_ref text not null,
    person_id uuid not null,            -- as registered: mergers are followed when it is asked
    primary key (trustuid, source, staff_ref)
);

create table engagement (
    person_id      uuid not null,
    engagement_id  uuid not null,
    urn            text,                -- null: the trust itself
    kind           text not null,
    role           text not null,       -- this and the next two as they were said last, also where it is for a day to come
    fte_hundredths int  not null,
    acting         boolean not null,
    started_on     date not null,
    paused_on      date,                -- since when it is paused
    ended_on       date,                -- the last day
    primary key (person_id, engagement_id)
);

grant select, insert, update, delete on person, staff_reference, engagement to {app};
