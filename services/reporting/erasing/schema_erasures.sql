-- What each service has said of an erasure: it holds nothing about the person that could be read. Never deleted.
create table erasure_applied (
    erasure_id uuid        not null,
    service    text        not null,
    person_id  uuid        not null,
    trustuid   text        not null,
    keys       int         not null,
    cleared    int         not null,
    at         timestamptz not null,    -- when reporting heard of it
    primary key (erasure_id, service)
);
alter table erasure_applied enable row level security, force row level security;
create policy kept on erasure_applied to {app}, current_user using (true) with check (true);
create policy of_trust on erasure_applied for select to reporting_trust_reader
    using (trustuid = (select current_setting('baton.trust', true)));
grant select, insert, update on erasure_applied to {app};
grant select on erasure_applied to reporting_trust_reader;
