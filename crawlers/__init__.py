"""Collection: what people said, fetched politely or read from files, put into the records page by page.

Owns the sources, the run ledger, politeness, replay and the file import. Never tags, never searches. The only
package that imports Scrapy, and that only where requests are made: parsing and importing start no reactor.
"""
