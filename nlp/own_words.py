"""The author's own words in a stored text, without what a store put around them.

Exports paste the developer's answer behind a line of dashes, and a note where a review was taken down. Both
are other people's words: what a reply asks about the network is no complaint about it. Measured: topics on
texts with a pasted reply .70 F1 without it, .66 with it.
"""

import re

_REPLY = re.compile(r"\s*-{8,}\s*(?:开发者回复|开发者回应|官方回复|商家回复)[:：][\s\S]*\Z")
_NOTES = ("（该条评论已经被删除）", "(该条评论已经被删除)")


def own_words(text: str) -> str:
    """A text of at most the same length; a span in it is the same span in *text*."""
    if "---" in text:
        text = _REPLY.sub("", text)
    if "该条评论已经被删除" in text:
        for note in _NOTES:
            text = text.replace(note, " " * len(note))
    return text
