"""Bad input at both doors, of every type."""
