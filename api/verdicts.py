"""Taking a correction: checks that it can be true, then hands it to the records. API and pages both come here."""

from typing import Literal

from api.access import Caller
from api.routes.feedback import document_of
from api.service import Service
from feedback.errors import QueryError, near
from feedback.model import INTENTS, POLARITIES, SENTIMENTS, SEVERITIES, Document, Verdict

_LABELS = {"sentiment": SENTIMENTS, "intent": INTENTS, "severity": SEVERITIES}


def judge(
    service: Service,
    caller: Caller,
    *,
    id: str,
    revision: str,
    facet: str,
    label: str,
    action: Literal["add", "remove"],
) -> Document:
    """The item after the correction. Raises StaleRevision when the text is no longer the one that was judged."""
    document = document_of(service, caller, id)
    verdict = Verdict(
        id=document.feedback.id,
        revision=revision,
        facet=facet,
        label=_checked(service, caller, facet, label, action),
        action=action,
        who=caller.name,
        at=service.clock(),
    )
    service.records.judge(verdict)
    return document_of(service, caller, id)


def _checked(service: Service, caller: Caller, facet: str, label: str, action: str) -> str:
    """*label* as the records keep it. A label to be removed may be an old one, no longer in the taxonomy."""
    name, _, polarity = label.partition("|")
    if facet in _LABELS:
        if label not in _LABELS[facet]:
            raise QueryError(f"{facet} 不能是 cannot be {label!r}", hint=near(label, _LABELS[facet]))
        return label
    if facet != "topic":
        raise QueryError(f"不能判 cannot judge {facet!r}", hint="topic, sentiment, intent, severity")
    if action == "remove":
        return label
    leaf = service.taxonomy.current(name)
    if leaf is None or not caller.sees_topic(leaf.id, service.products):
        raise QueryError(f"没有这个话题 no such topic: {name!r}", hint=near(name, service.taxonomy.by_id))
    if polarity not in POLARITIES:
        raise QueryError(
            f"话题要写明倾向 a topic needs a polarity, not {polarity!r}", hint=f"{leaf.id}|neg, neu, pos"
        )
    return f"{leaf.id}|{polarity}"
