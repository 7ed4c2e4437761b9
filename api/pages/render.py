"""From a template and values to a page: language, times, marks. Knows no route and asks nothing of the service."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from api.access import service_of
from api.pages import words

_HERE = Path(__file__).parent.parent
STYLE = (_HERE / "static" / "huisheng.css").read_bytes()
STYLE_VERSION = sha256(STYLE).hexdigest()[:10]
LANG_COOKIE = "huisheng_lang"

_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def lang_of(request: Request) -> str:
    said = request.query_params.get("lang") or request.cookies.get(LANG_COOKIE, "")
    return said if said in words.LANGS else "zh"


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    service = service_of(request)
    lang = lang_of(request)
    text = _templates.get_template(template).render(
        t=partial(words.say, lang),
        both=partial(_both, lang),
        label=partial(words.label, lang),
        lang=lang,
        other_lang=_other_lang(request, lang),
        style_version=STYLE_VERSION,
        service=service,
        caller=getattr(request.state, "caller", None),
        faults=_faults(request, status),
        when=_when,
        **values,
    )
    response = HTMLResponse(text, status, headers)
    if request.query_params.get("lang") == lang:
        response.set_cookie(LANG_COOKIE, lang, max_age=31_536_000, httponly=True, samesite="lax")
    return response


def _faults(request: Request, status: int) -> Iterable[str]:
    # An error page must not fail for the very reason it reports.
    return service_of(request).faults() if status < 500 else ()


def _both(lang: str, key: str) -> Markup | str:
    """A heading: Chinese with the English beside it, or English alone."""
    chinese, english = words.WORDS[key]
    if lang == "en":
        return english
    return Markup('{} <small lang="en">{}</small>').format(chinese, english)


def _other_lang(request: Request, lang: str) -> str:
    """This page in the other language, relative: a path may begin with what looks like a host."""
    other = "en" if lang == "zh" else "zh"
    kept = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    return f"?{urlencode([*kept, ('lang', other)])}"


def _when(at: datetime | None, zone: ZoneInfo, *, brief: bool = False) -> Markup:
    if at is None:
        return Markup("–")
    local = at.astimezone(zone)
    shown = f"{local:%m-%d %H:%M}" if brief else f"{local:%Y-%m-%d %H:%M}"
    return Markup('<time datetime="{}" title="{} {}">{}</time>').format(
        at.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}", zone.key, shown
    )
