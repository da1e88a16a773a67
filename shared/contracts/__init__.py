"""The published language: one module or package a producing service, and what all of them share.

An event is one class, defined once, there. What is stored is what is published is what auditors
verify, so names and fields are a stored format: add, never rename.
"""
