from collections.abc import Iterator

import pytest

from organizer.errors import Gone, NotAllowed, OrganizerError, RuleError, TooMany, Unavailable


class LazyTranslation:
    """Knows its language only when it is read, as lazy_gettext's strings do."""

    def __init__(self, texts: Iterator[str]) -> None:
        self.texts = texts

    def __str__(self) -> str:
        return next(self.texts)


def test_a_rule_error_reads_as_a_sentence_with_its_values() -> None:
    error = RuleError("Only %(left)s places are left.", field="party_size", left=3)

    assert str(error) == "Only 3 places are left."
    assert error.field == "party_size"


def test_a_rule_error_keeps_msgid_and_values_apart_for_translation() -> None:
    error = RuleError("Only %(left)s places are left.", left=3)

    assert error.message == "Only %(left)s places are left."
    assert error.values == {"left": 3}


def test_a_percent_sign_needs_no_care_in_a_message_without_values() -> None:
    assert str(RuleError("100% is the most.")) == "100% is the most."


def test_a_lazy_message_is_translated_when_it_is_read() -> None:
    error = RuleError(LazyTranslation(iter(["Only %(left)s left.", "Лише %(left)s."])), left=3)

    assert [str(error), str(error)] == ["Only 3 left.", "Лише 3."]


def test_a_limit_says_when_to_come_back() -> None:
    error = TooMany("Please wait %(retry_seconds)s seconds.", retry_seconds=20)

    assert str(error) == "Please wait 20 seconds."
    assert error.retry_seconds == 20


@pytest.mark.parametrize("kind", [RuleError, TooMany, NotAllowed, Gone, Unavailable])
def test_every_error_on_purpose_is_an_organizer_error(kind: type[Exception]) -> None:
    assert issubclass(kind, OrganizerError)
