"""Tagging: what each piece of feedback is about, how it is meant, how bad it is.

Owns the taggers, the pipeline that runs them, the step that resolves what they say into tags, the worker
that takes items from the records and hands tags back, duplicate clusters, and the measuring of all this.
Never crawls, never searches, never decides what a reader sees.
"""
