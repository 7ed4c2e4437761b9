"""The style sheet: both colour schemes keep the contrast that WCAG AA asks of text."""

import re

import pytest

from api.pages.render import STYLE

SHEET = STYLE.decode()
PAIRS = (
    ("ink", "sheet"), ("ink", "paper"), ("ink", "hover"), ("ink", "mark"), ("soft", "sheet"), ("soft", "paper"), ("soft", "hover"),
    ("accent", "sheet"), ("accent", "paper"), ("accent", "hover"), ("accent", "accent-soft"), ("accent-ink", "accent"),
    ("neg", "neg-soft"), ("sheet", "neg"), ("pos", "pos-soft"), ("neu", "neu-soft"), ("warn", "warn-soft"),
)  # fmt: skip


def colours(text: str) -> dict[str, str]:
    found = re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", text)
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in found
    }


LIGHT, DARK = (colours(SHEET.split("prefers-color-scheme: dark")[part].split("* {")[0]) for part in (0, 1))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(scheme, text, ground):
    bright, dark = sorted((luminance(scheme[text]), luminance(scheme[ground])), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_both_schemes_name_the_same_colours():
    assert set(DARK) == set(LIGHT)
    assert len(LIGHT) > 15


def test_every_colour_used_has_a_name():
    used = set(re.findall(r"var\(--([a-z-]+)\)", SHEET))
    assert used <= set(LIGHT) | {"radius"}
    assert not re.search(r"[:\s]rgba?\(", SHEET)
