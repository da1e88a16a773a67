"""The contracts as documents: the published schemas, what may change in them, and the catalogue of events."""
