-- By which names of an issuer's somebody signs in who is to be erased: told when it is asked for, gone when it is done.
create table signs_in_as (
    person_id uuid not null,
    subject   text not null,  -- as their sessions and subscriptions have it
    primary key (person_id, subject)
);
grant select, insert, delete on signs_in_as to {app};
