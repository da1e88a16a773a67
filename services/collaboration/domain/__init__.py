"""The leadership-team feedback loop, decided: one file an aggregate, read from top to bottom.

What a decision needs to know of another stream is an argument: that stream's folded state. A fresh state means that
nothing is known there.
"""
