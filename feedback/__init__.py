"""The kernel: the words every other package speaks.

Owns what a piece of feedback is, how observations of it merge, how its text is folded, cleaned and
masked, the topic taxonomy, the query grammar and the error tree. Pure: standard library and pydantic
only, no I/O except reading the fold table beside it, no clock.
"""
