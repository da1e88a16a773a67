"""The register's files, Get Information About Schools and the table of system leadership roles: reading and importing.

Reading makes plain values of files: what each line asks talent for, what is wrong with a line, and what a person has
to decide. Only `sending` talks to talent.
"""
