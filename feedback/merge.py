"""From everything that was ever seen of an item to what is known of it now.

An item is the set of its distinct sightings. Merging is set union, history is that set, and the present
record is a pure function of it: the order in which pages and files arrive cannot matter.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from feedback.ids import digest, revision
from feedback.model import QUALITY_RANK, Arrival, Feedback, Match, Observation, Sighting, made
from feedback.text import squeeze

_CUT_MARK = re.compile(r"(?:\.{3,}|…+)?\s*(?:展开全文|展开|全文|查看全部|更多)?[\s.…]*$")
_CONTENT = attrgetter("kind", "region", "rating", "app_version", "device", "os", "lang", "thread", "parent")
_KNOWN = attrgetter("url", "author", "name_key")
REVISED = ("rating", "app_version", "device", "os")
"""Beside the text, the fields whose change makes a new revision."""


def sighting(seen: Observation) -> Sighting:
    """An observation, seen once. Metrics, URL and source are no content: a like makes nothing new.

    *That* they are known counts: else the newest of two equal sightings could not stand for both.
    """
    content = [str(value or "") for value in _CONTENT(seen)]
    reply = f"{seen.reply.text}|{seen.reply.at}" if seen.reply else ""
    text = "\0" if seen.text is None else seen.text
    times = "|".join([str(at.timestamp()) if at else "" for at in (seen.published_at, seen.edited_at)])
    knows = " ".join([*["-" if value is None else "+" for value in _KNOWN(seen)], *sorted(seen.metrics)])
    key = digest(text, seen.quality, reply, times, knows, *content, size=20)
    return made(Sighting, {"seen": seen, "digest": key, "first_at": seen.seen_at, "last_at": seen.seen_at})


def union(known: Iterable[Sighting], new: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Both sets as one, in the order of their digests; equal sightings widen the span of seeing."""
    merged: dict[str, Sighting] = {}
    for one in (*known, *new):
        twin = merged.get(one.digest)
        merged[one.digest] = one if twin is None else _wider(twin, one)
    return tuple(merged[key] for key in sorted(merged))


def _wider(one: Sighting, other: Sighting) -> Sighting:
    newest = max(one, other, key=lambda each: each.last_at)
    if one.last_at == other.last_at:
        newest = max(one, other, key=lambda each: _canonical(each.seen))
    oldest = min(one.first_at, other.first_at)
    matches = _matches((one, other))
    if newest.first_at == oldest and newest.seen.matches == matches:
        return newest
    return newest.model_copy(
        update={"first_at": oldest, "seen": newest.seen.model_copy(update={"matches": matches})}
    )


def _canonical(seen: Observation) -> str:
    """A total order among observations that differ only in what is no content."""
    rest = [seen.id, seen.via, seen.url, seen.author, seen.name_key, sorted(seen.metrics.items())]
    return json.dumps(rest, ensure_ascii=False)


def _matches(sightings: Iterable[Sighting]) -> tuple[Match, ...]:
    found = {(m.product, m.target, m.keyword, m.via): m for one in sightings for m in one.seen.matches}
    return tuple(found[key] for key in sorted(found))


def _newness(one: Sighting) -> tuple[datetime, int, str]:
    return (one.seen.own_at or one.last_at, QUALITY_RANK[one.seen.quality], one.digest)


def present(
    sightings: Sequence[Sighting], *, arrival: Arrival = "backfill", feedback_id: str | None = None
) -> Feedback:
    """The record as it stands: each field from the newest sighting that knows it.

    sightings: At least one. arrival: How the present revision came. feedback_id: The canonical id, where the
    sightings of an alias were moved to another item.
    """
    is_one = len(sightings) == 1
    known = _only(sightings[0]) if is_one else _agreed(sightings)
    text, said_at, first_seen_at = known["text"], known["said_at"], known["first_seen_at"]
    if known["edited_at"] == known["published_at"]:
        known["edited_at"] = None
    known |= {
        "id": feedback_id or known["id"],
        "at": said_at or first_seen_at,
        "arrival": arrival,
        "revision": revision(text, *(known.get(name) for name in REVISED)),
    }
    return made(Feedback, known) if is_one else Feedback.model_validate(known)


def _only(one: Sighting) -> dict[str, Any]:
    """What ``_agreed`` says of one sighting, without its searching: nine items in ten are seen in one form."""
    known = dict(one.seen.__dict__)
    del known["seen_at"]
    edited_at, published_at = known["edited_at"], known["published_at"]
    if edited_at and (published_at is None or edited_at < published_at):
        known["published_at"] = edited_at
    if len(known["matches"]) > 1:
        known["matches"] = _matches((one,))
    known["metrics"] = dict(sorted(known["metrics"].items()))
    known |= {"said_at": edited_at or published_at, "first_seen_at": one.first_at}
    if known["text"] is None:
        known |= {"text": "", "quality": "full"}
    return known


def _agreed(sightings: Sequence[Sighting]) -> dict[str, Any]:
    oldest_first = sorted(sightings, key=_newness)
    known: dict[str, Any] = {}
    for one in oldest_first:
        known |= {name: value for name, value in one.seen.__dict__.items() if value is not None}
    del known["seen_at"]
    said = _present_text(oldest_first[::-1])
    text = said.seen.text or "" if said else ""
    return known | {
        "text": text,
        "quality": said.seen.quality if said else "full",
        "matches": _matches(sightings),
        "metrics": _newest_metrics(sightings),
        "published_at": min((at for one in sightings for at in _own_times(one.seen)), default=None),
        "edited_at": max((one.seen.edited_at for one in sightings if one.seen.edited_at), default=None),
        "said_at": _said_at(sightings, text, known),
        "first_seen_at": min(one.first_at for one in sightings),
    }


def _own_times(seen: Observation) -> Iterable[datetime]:
    return (at for at in (seen.published_at, seen.edited_at) if at)


def _newest_metrics(sightings: Iterable[Sighting]) -> dict[str, int]:
    merged: dict[str, int] = {}
    for one in sorted(sightings, key=lambda each: (each.last_at, each.digest)):
        merged |= one.seen.metrics
    return dict(sorted(merged.items()))


def _present_text(newest_first: Sequence[Sighting]) -> Sighting | None:
    """The newest text; a passage only if nothing better was seen, a cut one yields to the full text holding it."""
    texts = [one for one in newest_first if one.seen.text is not None]
    pool = [one for one in texts if one.seen.quality != "passage"] or texts
    if not pool or pool[0].seen.quality == "full":
        return pool[0] if pool else None
    fuller = (
        one for one in pool if one.seen.quality == "full" and is_cut_of(pool[0].seen.text, one.seen.text)
    )
    return next(fuller, pool[0])


def is_cut_of(cut: str | None, whole: str | None) -> bool:
    """Whether *cut*, without its "…全文", stands in *whole* when both are folded and squeezed."""
    said = _CUT_MARK.sub("", cut or "")
    core = squeeze(said)
    return core in squeeze(whole or "") if core else said in (whole or "")


def _said_at(sightings: Iterable[Sighting], text: str, known: Mapping[str, Any]) -> datetime | None:
    """Earliest own time among the sightings of the present revision.

    A sighting that does not know a field does not speak against it; one that holds a cut of the text speaks for
    it; one without any text is heard only where none with the text has a time.
    """
    times: list[datetime] = []
    silent: list[datetime] = []
    for one in sightings:
        seen = one.seen
        agrees = all(getattr(seen, name) in (None, known.get(name)) for name in REVISED)
        if not agrees or not seen.own_at:
            continue
        if seen.text is None:
            silent.append(seen.own_at)
        elif seen.text == text or (seen.quality != "full" and is_cut_of(seen.text, text)):
            times.append(seen.own_at)
    return min(times or silent, default=None)
