"""`baton events export`: what of a history is wanted, as lines or Parquet, whole or resumable, with a manifest."""
