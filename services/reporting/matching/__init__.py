"""Who could help whom: open requests assigned to what is on offer, as advice with its reasons. Nothing is decided here.

`assignment` finds the best whole; `capacity` and `coaching` say what fits what, and how well; `saying` says why; `rows`
makes the report's rows of it.
"""
