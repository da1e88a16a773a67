"""Talent: who leads, who could, and who is ready next."""
