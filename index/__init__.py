"""Where documents live: ``records`` (SQL, the truth and the work queue) and ``engines`` (search, a projection)."""
