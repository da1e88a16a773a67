"""What CPD decides: programmes and their sessions. Pure."""
