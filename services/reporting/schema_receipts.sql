-- What was exported or printed: enough to work the figures out again, and to tell whether they are the same. No rows.
create table receipt (
    code      text        primary key,
    model     text        not null,
    filters   json        not null,   -- the school and the columns' values that were asked for
    as_of     text,                   -- as it was asked for; null: the present
    position  json        not null,   -- {service: log index}
    indexes   json        not null,   -- {service: every log index, as an int8multirange}
    judged_at timestamptz not null,
    row_count integer     not null,
    sha256    text        not null,   -- of the rows as RFC 8785 JSON
    made_at   timestamptz not null
);

grant select, insert on receipt to {app};
