-- Roles that nobody logs in with. Reporting takes one on to read for somebody, and sees what its policies let through.
-- They belong to the whole server: who sets it up makes them (`baton up`), or a superuser who migrates.
do $$
declare
    reader text;
begin
    foreach reader in array array['reporting_trust_reader', 'reporting_school_reader'] loop
        if not exists (select from pg_roles where rolname = reader) then
            execute format('create role %I nologin', reader);
        end if;
        if not pg_has_role('{app_name}', reader, 'member') then
            execute format('grant %I to {app}', reader);
        end if;
    end loop;
exception
    when duplicate_object or unique_violation then null;  -- somebody else made it in the same moment
end $$;

grant usage on schema public to reporting_trust_reader, reporting_school_reader;
grant select on position, live, scratch, receipt to reporting_trust_reader, reporting_school_reader;

-- The ledger is filled by COPY, which Postgres refuses where rows have policies. So the readers have no right to it, and
-- each finds a view of that name in the schema that stands first in its path.
create schema if not exists of_trust;
create schema if not exists of_schools;
grant usage on schema of_trust to reporting_trust_reader;
grant usage on schema of_schools to reporting_school_reader;
create or replace view of_trust.ledger as select * from public.ledger where {trust};
-- What names their school, or names no school and somebody who works there. What names others only is not theirs.
create or replace view of_schools.ledger as select * from public.ledger
where {trust} and (urn = any({urns}) or about && {urns} or (urn is null and about && array{people}));
grant select on of_trust.ledger to reporting_trust_reader;
grant select on of_schools.ledger to reporting_school_reader;

-- For whom a receipt was made: it is found by who sees all that it was made of. No trust: nobody had to sign in.
alter table receipt add column if not exists trustuid text;
alter table receipt add column if not exists urns text[];
alter table receipt enable row level security, force row level security;
drop policy if exists kept on receipt;
drop policy if exists of_trust on receipt;
drop policy if exists of_schools on receipt;
create policy kept on receipt to {app}, current_user using (true) with check (true);
create policy of_trust on receipt for select to reporting_trust_reader using ({trust});
create policy of_schools on receipt for select to reporting_school_reader using ({trust} and urns <@ {urns});
