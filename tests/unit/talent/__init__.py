"""What talent decides."""
