-- Of a session that a provider vouches for: what it gave, sealed for this row alone, and until when that holds.
alter table session
    add column tokens         bytea,
    add column renew_at       timestamptz,  -- the provider is then asked anew who this is
    add column renewing_until timestamptz,  -- one request asks, for all that wait
    add column second_factor  boolean,
    add column ended          text;         -- why it has ended; the row stays until a page has said so

grant update on session to {app};
