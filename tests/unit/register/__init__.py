"""What the readers of the register make of files."""
