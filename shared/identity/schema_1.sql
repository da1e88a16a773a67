-- The machines that may speak for schools: each one's secret as a hash, and the schools that it is admitted for.
-- Operators write it, as the owner; the service reads.

create table client (
    client_id   text primary key,
    secret_hash bytea not null check (octet_length(secret_hash) = 32),   -- SHA-256 of 256 random bits
    urns        text[] not null check (cardinality(urns) > 0),
    trustuid    text,                   -- null: the trust that its schools belong to, as the register says
    admitted_at timestamptz not null,
    revoked_at  timestamptz
);
grant select on client to {app};
