-- What the writers said of their logs. Nothing here is changed or deleted: it is what they are held to.
create table checkpoint (
    service  text   not null,
    size     bigint not null,
    root     bytea  not null,
    note     text   not null,
    heard_at timestamptz not null,
    primary key (service, size)
);

-- Another root for a size that was heard already: two histories. Both notes are kept, since both are signed.
create table checkpoint_refused (
    service  text   not null,
    size     bigint not null,
    root     bytea  not null,
    note     text   not null,
    heard_at timestamptz not null,
    primary key (service, size, root)
);

grant select, insert on checkpoint, checkpoint_refused to {app};
