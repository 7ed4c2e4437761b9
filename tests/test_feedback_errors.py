"""The error tree: one class per kind, each with its exit code and HTTP status."""

import pytest

from feedback import errors
from feedback.errors import FeedbackError, Forbidden, near

KINDS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, FeedbackError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_carries_a_message_and_the_next_step(kind):
    error = kind("什么 what", hint="然后 then")
    assert str(error) == "什么 what\n  → 然后 then"
    assert str(kind("什么 what")) == "什么 what"
    assert 400 <= error.status < 600
    assert error.exit_code in (1, 2)
    assert kind.__name__ in str(errors.__doc__)


def test_a_missing_key_is_401():
    assert Forbidden("x", status=401).status == 401
    assert Forbidden("x").status == 403


@pytest.mark.parametrize(
    ("value", "allowed", "hint"),
    [
        ("sentimant", ["sentiment", "topic"], "did you mean: sentiment"),
        ("zzz", ["b", "a"], "allowed: a, b"),
        ("", [str(n) for n in range(30)], "…"),
        ("x", [], "allowed: "),
    ],
)
def test_near_names_what_is_close_or_all(value, allowed, hint):
    assert hint in near(value, allowed)
