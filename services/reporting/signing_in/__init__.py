"""Who somebody is: the trust's own OpenID provider says it, and a session remembers it."""
