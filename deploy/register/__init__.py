"""Reading the register's files: Get Information About Schools, and the table of system leadership roles.

Files in, plain values out: what each line asks talent for, what is wrong with a line, and what a person has
to decide. Nothing here sends anything.
"""
