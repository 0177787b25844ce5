"""How a version keeps what it was made of."""

from __future__ import annotations

import json

import pytest

from organizer.leaflets import queries
from organizer.leaflets.rules import NOT_MADE
from organizer.posters.rules import NotMade, Recipe, Shape, Sheet


def test_a_recipe_is_read_again_as_it_was_kept() -> None:
    recipe = Recipe("a" * 26, Shape.LEAFLET, Sheet.HALF_LETTER, ("en", "fa"))
    assert Recipe.of(json.loads(json.dumps(recipe.kept()))) == recipe


@pytest.mark.parametrize("reason", NOT_MADE)
def test_each_reason_has_its_sentence_wherever_it_is_told(reason: str) -> None:
    assert str(NotMade(reason)) == queries.REASONS[reason]
