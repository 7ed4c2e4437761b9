"""The records: what was collected, what was said about it, and the order of changes. The truth, and the queue."""

from index.records.access import SCOPES, Key
from index.records.records import Records
from index.records.types import Depth, Done, Erasure, Lane, Signature, Signed, Wanted, Work, Written

__all__ = [
    "SCOPES",
    "Depth",
    "Done",
    "Erasure",
    "Key",
    "Lane",
    "Records",
    "Signature",
    "Signed",
    "Wanted",
    "Work",
    "Written",
]
