"""One module a verb; each has a ``register(app)`` that adds its commands."""
