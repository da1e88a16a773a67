"""Backups of the stores and of the vault, as files, and what puts them back."""
