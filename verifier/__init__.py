"""Checks Baton's histories without trusting Baton: from lines, checkpoints and public keys, by code of its own.

It imports the standard library and `cryptography` alone, and nothing of the services that write what it checks
(docs/adr/0045-the-verifier-stands-apart.md). `python -m verifier --help` says how it is used.
"""
