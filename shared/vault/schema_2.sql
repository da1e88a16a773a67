-- A service signs with its own keys and nobody else's. The owner, who backs the vault up, sees them all.
alter table service_key enable row level security;
create policy own_service_keys on service_key using (
    name = 'master-key-proof'
    or right(name, length(current_user) - length('app')) = '-' || left(current_user, -length('_app'))
);
