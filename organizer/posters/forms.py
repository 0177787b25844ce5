"""What is asked before a poster or a leaflet is made from an event."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import InputRequired

from organizer.forms import Checkboxes, Form, options
from organizer.languages import choices
from organizer.leaflets.labels import PAPERS
from organizer.posters.rules import Recipe, Shape, Sheet

SHAPES = ((Shape.POSTER, _("Poster, for a wall")), (Shape.LEAFLET, _("Leaflet, for the hand")))


class RecipeForm(Form):
    """Names as in `rules.Recipe`."""

    shape = RadioField(
        _("What shall it be?"),
        choices=options(SHAPES),
        default=Shape.POSTER,
        coerce=Shape,
        validators=[InputRequired(_("Choose one of the two."))],
    )
    paper = RadioField(
        _("On which paper?"),
        choices=options(PAPERS.items()),
        coerce=Sheet,
        validators=[InputRequired(_("Choose a paper."))],
    )
    languages = Checkboxes(_("In which languages?"), validators=[InputRequired(_("Choose a language at least."))])

    def offer(self, codes: Sequence[str]) -> None:
        """Offer the event's languages, all of them at first."""
        self.languages.choices = options(choices(tuple(codes)))

    def recipe(self, event_id: str) -> Recipe:
        """What was asked for, once the form is valid."""
        return Recipe(event_id, self.shape.data, self.paper.data, tuple(self.languages.data or ()))
