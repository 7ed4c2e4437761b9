"""Documents as plain values: the one shape in which an item leaves as JSON, in the API and in exports."""

from collections.abc import Iterable, Sequence
from typing import Any

from feedback.model import Document, Reply, Sighting, Tag, Verdict
from feedback.taxonomy import Taxonomy


def item(document: Document, taxonomy: Taxonomy) -> dict[str, Any]:
    said = document.feedback
    return {
        "id": said.id,
        "platform": said.platform,
        "kind": said.kind,
        "via": said.via,
        "products": said.products,
        "region": said.region,
        "at": said.at,
        "said_at": said.said_at,
        "published_at": said.published_at,
        "edited_at": said.edited_at,
        "first_seen_at": said.first_seen_at,
        "arrival": said.arrival,
        "revision": said.revision,
        "rating": said.rating,
        "version": said.app_version,
        "device": said.device,
        "os": said.os,
        "lang": said.lang,
        "text": said.text,
        "quality": said.quality,
        "url": said.url,
        "metrics": dict(said.metrics),
        "reply": _reply(said.reply),
        "voice": document.voice,
        "noise": document.is_noise,
        "tagged": bool(document.key),
        "expired": document.expired,
        "tags": [tag(each, taxonomy) for each in document.effective],
    }


def _reply(reply: Reply | None) -> dict[str, Any] | None:
    return {"text": reply.text, "at": reply.at} if reply else None


def tag(said: Tag, taxonomy: Taxonomy) -> dict[str, Any]:
    """``name`` is what people read; ``start``/``end`` count code points of the masked text."""
    return {
        "facet": said.facet,
        "label": said.label,
        "name": taxonomy.name(said.label) if said.facet == "topic" else said.label,
        "polarity": said.polarity,
        "score": said.score,
        "start": said.start,
        "end": said.end,
        "why": said.why,
    }


def full(document: Document, history: Iterable[Sighting], taxonomy: Taxonomy) -> dict[str, Any]:
    """One item with everything known of it: where it was found, what was corrected, how it changed."""
    said = document.feedback
    return item(document, taxonomy) | {
        "author": said.author,
        "thread": said.thread,
        "parent": said.parent,
        "matches": [match.model_dump() for match in said.matches],
        "parked": document.parked,
        "failures": document.failures,
        "verdicts": [verdict(each) for each in document.verdicts],
        "history": [sighting(each) for each in history],
    }


def verdict(said: Verdict) -> dict[str, Any]:
    return {
        "revision": said.revision,
        "facet": said.facet,
        "label": said.label,
        "action": said.action,
        "who": said.who,
        "at": said.at,
    }


def sighting(each: Sighting) -> dict[str, Any]:
    seen = each.seen
    return {
        "first_seen_at": each.first_at,
        "last_seen_at": each.last_at,
        "via": seen.via,
        "text": seen.text,
        "quality": seen.quality,
        "rating": seen.rating,
        "version": seen.app_version,
        "published_at": seen.published_at,
        "edited_at": seen.edited_at,
        "reply": _reply(seen.reply),
    }


def marks(segments: Sequence[Any]) -> list[tuple[int, int]]:
    """Where the search text stands, as half-open spans in code points: ``[[0, 2], [7, 9]]``."""
    spans, at = [], 0
    for segment in segments:
        if segment.hit:
            spans.append((at, at + len(segment.text)))
        at += len(segment.text)
    return spans
