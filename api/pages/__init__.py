"""The web pages: the same service and the same access as the API, written as HTML that needs no script."""
