"""What CPD decides."""
