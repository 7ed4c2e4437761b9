"""The API and the web pages: what the search service knows, over HTTP.

Owns access (keys, scopes, products), the shapes of answers and errors, exports and the pages. Asks ``index``
for everything; never computes a count, a tag or a mask itself. FastAPI stays in this folder.
"""
