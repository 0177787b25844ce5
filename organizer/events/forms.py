"""The event form and the small forms of an event's life."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from organizer.events.models import FORM_COLUMNS, Event
from organizer.events.rules import (
    LONGEST_NOTICE,
    EventDetails,
    Kind,
    Link,
    SpotShown,
    Texts,
    Visibility,
)
from organizer.events.times import When, offered_length, with_offered_end
from organizer.forms import LONGEST_LINE, LONGEST_TEXT, Form, line, lines, options
from organizer.groups.models import City, Group
from organizer.groups.rules import known_zones
from organizer.languages import own_name, zone_name

KINDS = [
    (Kind.LEAFLETING, _("Leafleting")),
    (Kind.RALLY, _("Rally")),
    (Kind.VIGIL, _("Vigil")),
    (Kind.MEETING, _("Meeting")),
    (Kind.OTHER, _("Other")),
]
VISIBILITIES = [
    (Visibility.PUBLIC, _("Public: listed and in the calendars")),
    (Visibility.UNLISTED, _("Unlisted: who has the link")),
    (Visibility.PRIVATE, _("Private: members of the group")),
]
SPOT_SHOWN = [
    (SpotShown.AT_ONCE, _("At once")),
    (SpotShown.TO_ANSWERED, _("To those who answered")),
    (SpotShown.BEFORE_START, _("To all, some hours before it starts")),
]
FOLDS = [("0", _("The first one (summer time)")), ("1", _("The second one (winter time)"))]
LONGEST_TITLE = 120
MOST_TAGS = 10
MOST_LINKS = 3

short = [Length(max=LONGEST_LINE)]
long = [Length(max=LONGEST_TEXT)]


def _fold(value: str | None) -> int | None:
    return int(value) if value in ("0", "1") else None


class WhenForm(Form):
    """The time of an event, as `times.When` has it.

    Where `is_open_ended` can be ticked, an end that is left empty is offered: it follows as `like` does.
    """

    starts_on = DateField(_("Date"), validators=[InputRequired(_("On which day?"))])
    starts_time = TimeField(_("From"), validators=[Optional()])
    ends_time = TimeField(_("To"), validators=[Optional()])
    ends_on = DateField(_("Last day, if it is a later one"), validators=[Optional()])
    is_all_day = BooleanField(_("All day"))
    is_open_ended = BooleanField(_("Nobody knows yet when it ends"))
    zone = SelectField(_("Time zone"), choices=lambda: options((zone, zone) for zone in sorted(known_zones())))
    starts_fold = RadioField(_("It starts at"), choices=options(FOLDS), coerce=_fold, validate_choice=False)
    ends_fold = RadioField(_("It ends at"), choices=options(FOLDS), coerce=_fold, validate_choice=False)

    def zone_label(self) -> str:
        """The zone's everyday name: "Pacific Time"."""
        return zone_name(self.zone.data or "UTC", str(get_locale()))

    like: When | None = None

    @property
    def offered_minutes(self) -> int | None:
        """The length for a script to offer while the start is chosen; None where the form offers none."""
        length = offered_length(self.like) if "is_open_ended" in self else None
        return int(length.total_seconds() // 60) if length else None

    def when(self) -> When:
        """What was typed, with the offered end in place of an empty one."""
        when = When(**{name: self._fields[name].data for name in When.__dataclass_fields__})
        if "is_open_ended" not in self:
            return when
        if self.is_open_ended.data and not when.is_all_day:
            return replace(when, ends_on=None, ends_time=None)
        return with_offered_end(when, self.like)


class RescheduleForm(WhenForm):
    """Begins at the present start, without an end: as long as before, unless one is given."""

    reason = StringField(_("Why, in a sentence"), filters=[line], validators=short)

    @classmethod
    def of(cls, when: When) -> RescheduleForm:
        """The form for something that is to take place at this time so far."""
        form = cls(data=vars(replace(when, ends_on=None, ends_time=None)))
        form.like = when
        return form


class LinkForm(PlainForm):
    label = StringField(_("What to do"), filters=[line], validators=[Length(max=80)])
    url = StringField(_("Address"), filters=[line], validators=[Length(max=500)])

    def validate_url(self, field: Field) -> None:
        """An https address when anything is given."""
        if not field.data and not self.label.data:
            return
        parts = urlsplit(field.data or "")
        if parts.scheme != "https" or not parts.hostname:
            raise ValidationError(gettext("Give an address that begins with https://."))


class EventForm(WhenForm):
    """The one page. Six fields in sight, the rest under More; names as in `rules.EventDetails`."""

    kind = RadioField(
        _("What kind?"), choices=options(KINDS), default=Kind.LEAFLETING, coerce=Kind, validators=[InputRequired()]
    )
    title = StringField(
        _("Title"), filters=[line], validators=[DataRequired(_("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    what_for = TextAreaField(
        _("What for"),
        filters=[lines],
        validators=[DataRequired(_("Say in a sentence or two what it is for.")), *long],
    )
    place = StringField(_("Where"), filters=[line], validators=[DataRequired(_("Where is it?")), *short])
    city_id = SelectField(_("City"), validators=[InputRequired(_("In which city?"))])
    contact = StringField(_("How to reach us"), filters=[line], validators=[Length(max=200)])

    visibility = SelectField(
        _("Who sees it"), choices=options(VISIBILITIES), default=Visibility.PUBLIC, coerce=Visibility
    )
    language = SelectField(_("Language of these texts"))
    spot = StringField(_("The exact spot"), filters=[line], validators=short)
    spot_shown = SelectField(
        _("Show the exact spot"), choices=options(SPOT_SHOWN), default=SpotShown.AT_ONCE, coerce=SpotShown
    )
    spot_hours_before = IntegerField(
        _("Hours before the start"), default=3, validators=[Optional(), NumberRange(min=0, max=168)]
    )
    occasion = StringField(_("On the occasion of"), filters=[line], validators=short)
    spoken_languages = StringField(_("Languages spoken there"), filters=[line], validators=short)
    what_to_bring = TextAreaField(_("What to bring"), filters=[lines], validators=long)
    access = TextAreaField(_("Access: steps, toilets, seats, quiet"), filters=[lines], validators=long)
    photo_rule = StringField(_("About photos"), filters=[line], validators=short)
    safety_notes = TextAreaField(_("Safety: legal-aid number, what to do if"), filters=[lines], validators=long)
    programme = TextAreaField(_("Programme, one line each: time, who, language"), filters=[lines], validators=long)
    endorsers = TextAreaField(_("Endorsed by, one name a line"), filters=[lines], validators=long)
    press_contact = StringField(_("Press contact"), filters=[line], validators=short)
    private_notes = TextAreaField(_("Notes for organizers only"), filters=[lines], validators=long)
    tags = StringField(_("Tags, with commas between"), filters=[line], validators=short)
    seen_at = HiddenField()
    links = FieldList(FormField(LinkForm), min_entries=MOST_LINKS, max_entries=MOST_LINKS)

    def offer(self, cities: list[City], languages: tuple[tuple[str, str], ...]) -> None:
        """Fill the choices that depend on the site."""
        self.city_id.choices = options((city.id, f"{city.name}, {city.region or city.country}") for city in cities)
        self.language.choices = options(languages)

    def validate_tags(self, field: Field) -> None:  # noqa: ARG002 - WTForms calls it so
        """Ten at most, so that they still mean something."""
        if len(self._tag_names()) > MOST_TAGS:
            raise ValidationError(gettext("Ten tags at most."))

    def details(self) -> EventDetails:
        """What was typed, typed."""
        values = {name: self._fields[name].data for name in EventDetails.__dataclass_fields__}
        values |= vars(self.when())
        if values["spot_hours_before"] is None:
            values["spot_hours_before"] = 3
        values["tags"] = self._tag_names()
        values["links"] = tuple(
            Link(entry["label"] or entry["url"], entry["url"]) for entry in self.links.data if entry["url"]
        )
        return EventDetails(**values)

    def seen(self) -> datetime | None:
        """The state of the event that the form began from; None when nobody can tell any more."""
        try:
            return datetime.fromisoformat(self.seen_at.data or "")
        except ValueError:
            return None

    def _tag_names(self) -> tuple[str, ...]:
        names = (name.strip().removeprefix("#")[:60] for name in (self.tags.data or "").split(","))
        return tuple(dict.fromkeys(name for name in names if name))


def event_form(group: Group, event: Event | None, **offered: Any) -> EventForm:
    """The form of an event, or of a new one that starts from its group."""
    if event is None:
        start = {"zone": group.zone, "city_id": group.city_id, "language": group.language, "contact": group.contact}
        form = EventForm(data={**start, "photo_rule": gettext("No faces without asking.")})
    else:
        stored = {name: getattr(event, name) for name in (*FORM_COLUMNS, "links")}
        tags = ", ".join(tag.name for tag in event.tags)
        form = EventForm(data={**stored, "tags": tags, "seen_at": event.changed_at.isoformat()})
        del form.is_open_ended  # its end stands there already; cleared, it has none
    form.offer(**offered)
    return form


class ReasonForm(Form):
    reason = StringField(_("Why, in a sentence"), filters=[line], validators=short)


class CancelForm(Form):
    reason = StringField(
        _("Why, in a sentence"),
        filters=[line],
        validators=[DataRequired(_("Say in a sentence why, for those who wanted to come.")), *short],
    )


class NoticeForm(Form):
    """The notice in the event's own language and, for each of its translations, in that one."""

    text = TextAreaField(
        _("What has changed?"),
        filters=[lines],
        validators=[DataRequired(_("Write what has changed.")), Length(max=LONGEST_NOTICE)],
    )
    others = FormField(PlainForm)

    def texts(self, language: str) -> dict[str, str]:
        """What was written, by language code; `language` is the event's own."""
        return {code: text for code, text in {language: self.text.data, **self.others.data}.items() if text}


def notice_form(event: Event) -> NoticeForm:
    """A form with a field for each language that the event's texts stand in."""
    fields = {
        code: TextAreaField(own_name(code), filters=[lines], validators=[Length(max=LONGEST_NOTICE)])
        for code in sorted(event.translations)
    }
    others = type("Others", (PlainForm,), fields)
    form: NoticeForm = type("EventNoticeForm", (NoticeForm,), {"others": FormField(others)})()
    return form


class TextsForm(Form):
    """An event's texts in one more language, as `rules.Texts`."""

    title = StringField(
        _("Title"), filters=[line], validators=[DataRequired(_("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    what_for = TextAreaField(_("What for"), filters=[lines], validators=long)
    what_to_bring = TextAreaField(_("What to bring"), filters=[lines], validators=long)
    access = TextAreaField(_("Access: steps, toilets, seats, quiet"), filters=[lines], validators=long)
    photo_rule = StringField(_("About photos"), filters=[line], validators=short)
    safety_notes = TextAreaField(_("Safety: legal-aid number, what to do if"), filters=[lines], validators=long)

    def texts(self) -> Texts:
        return Texts(**{name: self._fields[name].data for name in Texts.__dataclass_fields__})


class ReportForm(Form):
    report = TextAreaField(_("What happened"), filters=[lines], validators=long)
    came = IntegerField(_("How many people came"), validators=[Optional(), NumberRange(min=0, max=1_000_000)])
    handed_out = IntegerField(_("Copies handed out"), validators=[Optional(), NumberRange(min=0, max=10_000_000)])
