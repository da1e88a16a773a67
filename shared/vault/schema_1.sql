-- Keys that personal texts are sealed with, each wrapped by the master key, which is never here.

create table subject_key (
    subject    text primary key,       -- person:<person_id>, or stream:<stream> for a text without a single subject
    key_id     uuid not null unique,
    wrapped    bytea,                  -- AES key wrap (RFC 3394); null once erased: the row stays as a fence
    created_at timestamptz not null default now(),
    erased_at  timestamptz,
    reason     text,
    check ((wrapped is null) = (erased_at is not null))
);

-- A service's own keys: for fingerprints of claims, for raw bytes that are kept; and one that proves the master key is right.
create table service_key (
    name       text primary key,
    wrapped    bytea not null,
    created_at timestamptz not null default now()
);
