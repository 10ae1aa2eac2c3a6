"""Words that people bring from elsewhere: each leads to a key, a choice or a line that leaderboards.yaml takes."""

from __future__ import annotations

import re

import pytest

from generator.diagnostics import vocabulary
from generator.diagnostics.vocabulary import choice_meant, keys_meant, spell
from generator.source.tree import read_tree
from generator.spec.board import BoardSpec
from generator.spec.documents.reference import reference_page
from generator.spec.project import Project
from generator.validation.field_type import homes

KEYS = {*homes(Project), *homes(BoardSpec), "activity", "points", "per", "when"}


def test_every_key_is_one_of_ours() -> None:
    page = reference_page()
    for key, words in vocabulary.KEYS.items():
        assert key in KEYS or f"`{key}`" in page, key
        assert all(spell(word) == word for word in words), key
        assert key not in words


def test_every_choice_is_one_of_ours() -> None:
    page = reference_page()
    for choice, words in vocabulary.CHOICES.items():
        assert f"`{choice}`" in page, choice
        assert all(spell(word) == word for word in words), choice


@pytest.mark.parametrize("advice", sorted({*vocabulary.KEY_ADVICE.values(), *(a for *_, a in vocabulary.VALUE_ADVICE)}))
def test_advice_shows_yaml_that_can_be_read(advice: str) -> None:
    assert advice.endswith(".")
    for shown in re.findall("`([^`]+)`", advice):
        if ":" in shown:
            assert not read_tree("a.yaml", shown.replace("\\1", "3").encode()).diagnostics, shown


@pytest.mark.parametrize(
    ("word", "spelt"),
    [("sortOrder", "sort_order"), ("Time Zone", "time_zone"), ("rate-limit", "rate_limit"), ("§", "")],
)
def test_how_words_are_spelt(word: str, spelt: str) -> None:
    assert spell(word) == spelt


def test_the_key_itself_comes_first() -> None:
    assert keys_meant("activitiesPerMinute")[0] == "activities_per_minute"
    assert keys_meant("type") == ("type", "every", "aggregate", "activity")
    assert spell("x" * 100_000) == "x" * 64


def test_a_word_means_another_choice_of_another_key() -> None:
    assert choice_meant("max", ("sum", "best")) == "best"
    assert choice_meant("max", ("ascending", "descending")) == "descending"
    assert choice_meant("keepBest", ("sum", "best")) == "best"
    assert choice_meant("max", ("hour", "day")) is None
