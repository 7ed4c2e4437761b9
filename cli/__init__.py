"""The composition root: the ``huisheng`` command. One module a verb; the only place that knows every part."""
