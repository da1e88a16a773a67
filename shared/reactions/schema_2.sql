-- What reactions made, by the fact that they made it of. An envelope is canonical JSON: its first attribute is the actor.

create index event_of_reaction on event (substring(meta from position('"causationid":"'::bytea in meta) + 15 for 36))
    where substring(meta from 1 for 19) = '{"actor":"reaction/'::bytea;
