"""Reporting: decides nothing; shows the whole trust what happened."""
