"""The demo: a school trust that does not exist lives through half a term in less than a minute.

`trust` and `half_term` are data made from a seed, `playing` says it through the platform's public doors and checks
every answer, `telling` shows what the platform made of it. Nothing here knows a service from the inside.
"""
