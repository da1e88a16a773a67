-- An erasure takes the fingerprints of what a person's commands said; the answers stay.
grant update (fingerprint) on command to {app};
