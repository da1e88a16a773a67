"""The `baton` command: one module for each group of sub-commands, registered by its `register(app)`."""
