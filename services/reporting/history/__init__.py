"""The events themselves, as people look at them: what each says, whom it is about, what caused it and what followed."""
