"""Text as it is stored and as it is compared.

``clean`` makes the stored text: markup and white space gone, nothing a person said lost, idempotent.
``fold`` makes the compared text: the same length, so that a span found in the fold is a span of the text.
"""

import html
import re
from functools import lru_cache
from importlib.resources import files

MAX_TEXT = 20_000
"""Stored texts are cut here, in code points; the longest review any store accepts is 6,000."""

_MAX_RAW = 3 * MAX_TEXT
_MAX_NESTED = 32

FOLD_VERSION = "1"

_BLOCK_TAG = re.compile(r"(?i)<\s*/?\s*(?:br|p|div|li|ul|ol|tr|h[1-6]|blockquote)(?=[\s/>])[^<>]*>")
_INLINE_TAG = re.compile(
    r"(?i)<\s*/?\s*(?:a|b|i|u|em|strong|span|img|font|code|pre|td|th|table|tbody|sup|sub|s)(?=[\s/>])[^<>]*>"
)
_HIDDEN = tuple(
    (re.compile(opening + ".*?" + closing, re.IGNORECASE | re.DOTALL), re.compile(closing, re.IGNORECASE))
    for opening, closing in (
        (r"<script\b[^<>]*>", r"</script\s*>"),
        (r"<style\b[^<>]*>", r"</style\s*>"),
        (r"<!--", r"-->"),
    )
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_EMOJI = "\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\ufe0f\u20e3"
_STRAY_JOINER = re.compile(f"(?<![{_EMOJI}])\u200d|\u200d(?![{_EMOJI}])")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")
# Weibo ends a name at white space or punctuation. Roles are no persons: "@客服能不能修一下" is a complaint.
_NAME = re.compile(
    r"(?<![\w.])@(?!用户(?!\w)|官方|客服|开发|小编|运营|产品|苹果)([\w\-·]{1,16})(?!\.?[A-Za-z0-9])"
)
_LETTER = re.compile(r"[A-Za-z0-9\u3400-\u9fff]")
_NO_LETTERS = re.compile(r"[^A-Za-z0-9\u3400-\u9fff]+")


@lru_cache(maxsize=1)
def fold_table() -> dict[int, str]:
    """Code point → its folded character; every value is one BMP character, so UTF-16 offsets hold as well.

    The traditional → simplified pairs are the single-character table of OpenCC (TSCharacters, Apache-2.0).
    """
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table[0x3000] = " "
    table |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    table |= {code + 0xFEE0: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    pairs = files(__package__).joinpath("simplified.txt").read_text(encoding="utf-8").replace("\n", "")
    table |= {ord(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)}
    return table


def fold(text: str) -> str:
    """*text* with full width → ASCII, A–Z → a–z, U+3000 → space, traditional → simplified: 閃退 → 闪退."""
    return text.translate(fold_table())


def clean(text: str) -> str:
    """The text as it is stored. ``clean(clean(x)) == clean(x)`` for every string."""
    text = text[:_MAX_RAW].replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(_MAX_NESTED):
        once = _tidy(_without_markup(text))[:MAX_TEXT]
        if once == text:
            return text
        text = once
    return clean(text.replace("<", "").replace("&", ""))  # nobody nests so deep but to keep us busy


def _without_markup(text: str) -> str:
    """One round: ``&amp;lt;br&gt;`` needs three until nothing changes any more."""
    text = _INVISIBLE.sub("", text)
    if "<" in text:
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", _without_hidden(text)))
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if "@" in text:
        text = _NAME.sub(_nameless, text)
    return text


def _without_hidden(text: str) -> str:
    """No scripts, styles and comments. Looked for only up to the last end of one: else time grows as the square."""
    for block, closing in _HIDDEN:
        end = max((match.end() for match in closing.finditer(text)), default=0)
        text = block.sub("", text[:end]) + text[end:]
    return text


def _nameless(match: re.Match[str]) -> str:
    """A name ends after 16 characters: what a person went on to say without a space is no name."""
    goes_on = match.string[match.end() : match.end() + 1].isalnum()
    return "@用户 " if goes_on else "@用户"


def _tidy(text: str) -> str:
    while (once := _STRAY_JOINER.sub("", text)) != text:
        text = once
    return _BLANK_LINES.sub("\n\n", _LINES.sub("\n", _SPACES.sub(" ", text))).strip()


def join_title(title: str, body: str) -> str:
    """Title and body as one cleaned text; a title that only repeats the start of the body is dropped."""
    title, body = clean(title), clean(body)
    if not title or body.startswith(title):
        return body
    return clean(f"{title}\n{body}")


def letters(text: str) -> int:
    """How many letters, digits and Han characters *text* has: what is left when only emoji speak is 0."""
    return len(_LETTER.findall(text))


def squeeze(text: str) -> str:
    """Folded, white space and punctuation gone: the form in which two texts are called the same."""
    return _NO_LETTERS.sub("", fold(text))
