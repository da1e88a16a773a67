"""What talent decides: trusts, schools, term dates, people and counts of system leaders. Pure."""
