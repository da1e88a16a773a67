"""What each event does to the tables of the read models: one file a model, pure."""
