-- The Merkle tree over a service's log, and the checkpoints that were signed of it.

-- Roots of complete subtrees of 256^level leaves. The leaves themselves are the hashes of the events.
create table merkle_node (
    level  smallint not null check (level > 0),
    number bigint   not null,
    hash   bytea    not null check (octet_length(hash) = 32),
    primary key (level, number)
);

-- One root for each size, for ever. `published`: it stands on the topic, and in the file where there is one.
create table checkpoint (
    size      bigint primary key check (size > 0),
    root      bytea not null check (octet_length(root) = 32),
    sealed_at timestamptz not null,
    note      text not null,
    published boolean not null default false
);
create index checkpoint_unpublished on checkpoint (size) where not published;

create trigger merkle_node_is_history before update or delete or truncate on merkle_node
    for each statement execute function refuse_change();
create trigger checkpoint_is_history before update of size, root, sealed_at, note or delete or truncate on checkpoint
    for each statement execute function refuse_change();

grant select, insert on merkle_node to {app};
grant select, insert, update (published) on checkpoint to {app};
