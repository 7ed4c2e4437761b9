"""The words as frozen models: what was seen, what is known now, what was said about it.

Nothing here changes after it was made; a new state is a new value. All instants are aware UTC.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

Kind = Literal["review", "post", "comment", "answer", "article", "complaint"]
Quality = Literal["full", "truncated", "passage"]
Arrival = Literal["live", "backfill"]
Facet = Literal["topic", "sentiment", "intent", "severity", "entity", "noise", "lang"]
Polarity = Literal["neg", "neu", "pos"]

QUALITY_RANK: Mapping[str, int] = {"passage": 0, "truncated": 1, "full": 2}
SENTIMENTS = ("neg", "neu", "pos", "mix")
INTENTS = ("bug", "request", "complaint", "question", "praise", "leaving", "advert", "irrelevant", "empty")
SEVERITIES = ("0", "1", "2", "3")
POLARITIES = ("neg", "neu", "pos")
NOISE_INTENTS = frozenset({"advert", "irrelevant", "empty"})
"""Items with one of these intents are noise: left out of lists, counts and exports unless asked for."""


def _utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("a time needs a zone")
    return value.astimezone(UTC)


def _sound(value: str | None) -> str | None:
    """*value* without lone surrogates: half an emoji in a JSON answer; no file and no database takes it."""
    if value is None or value.isascii():
        return value
    return value.encode("utf-8", "ignore").decode()


def _topic_or_label(value: str) -> str:
    value.encode()  # a lone surrogate is a ValueError
    label, bar, polarity = value.partition("|")
    if not label or (bar and polarity not in POLARITIES):
        raise ValueError(f"a label is leaf or leaf|polarity ({', '.join(POLARITIES)})")
    return value


Instant = Annotated[datetime, AfterValidator(_utc)]
Rating = Annotated[int, Field(ge=1, le=5)]


Model = TypeVar("Model", bound=BaseModel)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")


def made(model: type[Model], fields: dict[str, Any]) -> Model:
    """An instance of *fields* that are all there and valid: ``model_construct`` at a tenth of its cost.

    For the few places that handle every item and hold nothing but what was validated before.
    """
    one = model.__new__(model)
    object.__setattr__(one, "__dict__", fields)
    object.__setattr__(one, "__pydantic_fields_set__", set(fields))
    object.__setattr__(one, "__pydantic_extra__", None)
    object.__setattr__(one, "__pydantic_private__", None)
    return one


class Match(Frozen):
    """Why an item is ours: it was found for this product at this target."""

    product: str
    target: str
    """What was watched there: a storefront and app id, a keyword, an imported file's digest."""
    keyword: str = ""
    via: str


class Reply(Frozen):
    """The developer's public answer."""

    text: str
    at: Instant | None = None

    _clean = field_validator("text")(_sound)


class Statement(Frozen):
    """The fields that an observation and the present record share."""

    id: str
    """``platform:native id``, e.g. ``appstore:cn:10853926137``."""
    platform: str
    kind: Kind = "review"
    via: str
    """The source that brought it: provenance, not identity."""
    region: str | None = None
    """Storefront, lower-case ISO 3166 alpha-2."""
    author: str | None = None
    """Pseudonym: a keyed digest, never a name."""
    name_key: str | None = None
    """Keyed digest of the folded nickname; serves only to find one item under two ids."""
    rating: Rating | None = None
    app_version: str | None = None
    device: str | None = None
    os: str | None = None
    lang: str | None = None
    url: str | None = None
    thread: str | None = None
    parent: str | None = None
    metrics: Mapping[str, int] = {}
    """likes, replies, reposts, votes: moves without making the item another one."""
    reply: Reply | None = None
    published_at: Instant | None = None
    edited_at: Instant | None = None

    @property
    def own_at(self) -> datetime | None:
        """The time the item itself bears: of its last edit, else of its publication."""
        return self.edited_at or self.published_at


class Observation(Statement):
    """What one fetch or one row of a file said about an id. ``None`` means: it did not say."""

    text: str | None = None
    quality: Quality = "full"
    matches: tuple[Match, ...] = ()
    seen_at: Instant

    _clean = field_validator("id", "app_version", "device", "os", "url", "thread", "parent", "text")(_sound)


class Sighting(Frozen):
    """An observation as it is stored: the same content seen once or many times."""

    seen: Observation
    digest: str
    """Of content and own time; of two sightings with one digest only the times of seeing differ."""
    first_at: Instant
    last_at: Instant


class Feedback(Statement):
    """One thing a person said at one place, as it stands now: a pure function of its sightings."""

    name_key: str | None = Field(None, exclude=True)
    """Never written out: it serves only to find one item under two ids."""
    text: str
    quality: Quality = "full"
    matches: tuple[Match, ...]
    said_at: Instant | None
    """Earliest own time of the present revision: a bumped timestamp never makes an old complaint new."""
    first_seen_at: Instant
    at: Instant
    """``said_at``, else ``first_seen_at``: never missing; orders lists, cursors and the queue."""
    arrival: Arrival = "backfill"
    revision: str
    """Digest of text, rating, version, device and os."""

    @property
    def products(self) -> tuple[str, ...]:
        return tuple(sorted({match.product for match in self.matches}))


class Tag(Frozen):
    """One statement about one revision."""

    facet: str
    """topic, sentiment, intent, severity, noise, lang or entity.<kind>."""
    label: str
    polarity: Polarity | None = None
    """Topics carry their own: 界面好看，但一更新就闪退."""
    score: Annotated[float, Field(ge=0, le=1)] = 1.0
    start: int | None = None
    end: int | None = None
    """Evidence in the masked text, in code points, half open."""
    why: str = ""
    """Which tagger said it, with its scores and vetoes."""


class Verdict(Frozen):
    """A person's correction; it ends with the revision it was given for."""

    id: str
    revision: str
    facet: str
    label: Annotated[str, AfterValidator(_topic_or_label)]
    """For topics ``leaf|polarity``."""
    action: Literal["add", "remove"]
    who: str
    at: Instant


class Document(Frozen):
    """What searching sees: the present record, its tags and corrections, and where it stands in the order."""

    seq: int
    feedback: Feedback
    tags: tuple[Tag, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    key: str = ""
    """Work key under which the tags were made; empty while untagged."""
    failures: int = 0
    parked: str = ""
    """Why tagging was given up after three tries."""
    change: int = 0
    voice: str = ""
    """Who counts once: ``c:`` duplicate cluster, ``a:`` author, ``i:`` the item itself."""
    expired: bool = False

    @property
    def effective(self) -> tuple[Tag, ...]:
        """The tags after a person's corrections."""
        tags = list(self.tags)
        for verdict in self.verdicts:
            if verdict.revision == self.feedback.revision:
                tags = _corrected(tags, verdict)
        return tuple(tags)

    @property
    def is_noise(self) -> bool:
        return any(tag.facet == "intent" and tag.label in NOISE_INTENTS for tag in self.effective)


def _corrected(tags: list[Tag], verdict: Verdict) -> list[Tag]:
    label, _, polarity = verdict.label.partition("|")
    same = [tag for tag in tags if tag.facet == verdict.facet and tag.label == label]
    if verdict.action == "remove":
        wrong = [tag for tag in same if not polarity or tag.polarity == polarity]
        return [tag for tag in tags if tag not in wrong]
    kept = [
        tag for tag in tags if tag.facet != verdict.facet or verdict.facet not in ("sentiment", "severity")
    ]
    kept = [tag for tag in kept if not (tag in same and (tag.polarity or "") == polarity)]
    fields = {"facet": verdict.facet, "label": label, "polarity": polarity or None, "why": "verdict"}
    return [*kept, Tag.model_validate(fields)]


class Reject(Frozen):
    """A row that could not be read as feedback; counted in the run, never silently dropped."""

    reason: str
    position: str
    """Where it stood: entry 7, row 214."""


class Follow(Frozen):
    """A further request that a page makes necessary."""

    url: str
    purpose: str
    page: int = 0


class Page(Frozen):
    """One fetched page and what was read from it; the body is not kept."""

    url: str
    fetched_at: Instant
    status: int = 200
    observations: tuple[Observation, ...] = ()
    rejects: tuple[Reject, ...] = ()
    follow: tuple[Follow, ...] = ()
    listed: int = 0
    """How many rows the page showed, readable or not; rows that are no feedback (app metadata) not counted."""


class Receipt(Frozen):
    """What ``put`` did with a page, item by item."""

    new: int = 0
    changed: int = 0
    same: int = 0
    erased: int = 0
    """Refused: a person asked for the item's erasure."""
    expired: int = 0
    """Refused: already past its platform's retention."""
    aliased: int = 0
    ids: tuple[str, ...] = ()
    """Canonical ids of what was stored."""


Stop = Literal[
    "watermark",
    "end",
    "capped",
    "blocked",
    "changed",
    "empty_unverified",
    "empty_verified",
    "repeat_page",
    "failed",
    "killed",
    "running",
]


class Run(Frozen):
    """One crawl of one target, or one import of one file: how complete it was, in numbers."""

    id: str
    source: str
    product: str
    target: str
    started_at: Instant
    finished_at: Instant | None = None
    stop: Stop = "running"
    """Why it ended. Only ``watermark``, ``end``, ``empty_verified`` finish a run and move its watermark."""
    detail: str = ""
    asked: int = 0
    """Pages requested."""
    listed: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    erased: int = 0
    expired: int = 0
    oldest_at: Instant | None = None
    newest_at: Instant | None = None

    _clean = field_validator("detail")(_sound)

    @property
    def is_complete(self) -> bool:
        return self.stop in ("watermark", "end", "empty_verified")
