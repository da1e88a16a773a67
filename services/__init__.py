"""The four services: three that decide and remember, and reporting, which shows."""
