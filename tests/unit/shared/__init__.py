"""What shared/ promises, without I/O."""
