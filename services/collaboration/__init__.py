"""Collaboration: how schools review, support and learn from each other."""
