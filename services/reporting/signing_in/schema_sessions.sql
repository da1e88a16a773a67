-- Who is signed in. The browser holds a secret of which only the hash is here: who reads this comes in as nobody.
create table session (
    secret_hash bytea       primary key,  -- SHA-256
    called      text        not null,     -- as the page's top names the role: nobody's name
    subject     text        not null,
    roles       text[]      not null,
    trustuid    text        not null,
    urns        text[]      not null,
    expires_at  timestamptz not null      -- in the real time: a demo's clock may stand still
);

grant select, insert, delete on session to {app};
