"""Schools are told over HTTP: the same events, each signed and posted to whom the school named."""
