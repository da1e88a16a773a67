-- Who is told what by e-mail.
create table subscription (
    subscription_id uuid   primary key,
    trustuid        text   not null,
    subject         text   not null,  -- who, as their session names them: nobody's name
    urns            text[] not null,  -- the schools that they speak for
    kinds           text[] not null,
    address         bytea  not null,  -- sealed
    unique (trustuid, subject)
);

-- What was sent, or tried: the id is made of the subscription, the kind and what the letter is about, so each is one row.
create table letter (
    letter_id       uuid        primary key,
    subscription_id uuid        not null references subscription on delete cascade,
    kind            text        not null,
    about           text        not null,
    state           text        not null,  -- sending, sent, put_off, refused, unknown
    tries           integer     not null default 1,
    changed_at      timestamptz not null default clock_timestamp(),  -- in the real time: a demo's clock may stand still
    again_at        timestamptz,           -- of one that is put off: when it is tried again, in the real time
    sent_at         timestamptz,           -- by the service's clock
    urn             text,
    items           uuid[]      not null default '{}'  -- what it reminded the school of, until the loop's service knows
);

create index letter_subscription on letter (subscription_id);

grant select, insert, update, delete on subscription, letter to {app};
