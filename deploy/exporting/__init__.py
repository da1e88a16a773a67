"""`baton events export` into files: whole or resumable, as JSON lines or as Parquet, with a manifest that ends it."""
