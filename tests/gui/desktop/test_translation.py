"""Texts by key and language, without Qt."""

from datetime import date, time

import pytest

from shared.desktop.calendars import CALENDARS
from shared.desktop.translation import Catalogue, say

CATALOGUE = Catalogue(
    {
        "en": {
            "ends": "Ends {when}",
            "on": "on~{day}",
            "weekday": "on {day:weekday} at~{time}",
            "only": "Only English",
        },
        "de": {"ends": "Endet {when}", "on": "am~{day}", "weekday": "am {day:weekday} um~{time}"},
        "ar": {"ends": "إيصال {when}"},
    }
)
DAY = date(2025, 11, 23)


def test_a_day_reads_as_the_language_writes_it_and_stays_together():
    assert CATALOGUE.text("en", "on", day=DAY) == "on\u00a023\u00a0November"
    assert CATALOGUE.text("de", "on", day=DAY) == "am\u00a023.\u00a0November"


def test_weekday_and_24_hour_time():
    assert CATALOGUE.text("en", "weekday", day=DAY, time=time(17, 5)) == "on Sunday at\u00a017:05"
    assert CATALOGUE.text("de", "weekday", day=date(2025, 11, 24), time=time(0, 0)) == "am Montag um\u00a000:00"


def test_a_parameter_may_be_something_to_say():
    assert CATALOGUE.render("de", say("ends", when=say("on", day=DAY))) == "Endet am\u00a023.\u00a0November"


def test_a_missing_text_or_language_is_said_in_english_throughout():
    assert CATALOGUE.text("de", "only") == "Only English"
    assert CATALOGUE.text("xx", "on", day=DAY) == "on\u00a023\u00a0November"


def test_a_key_that_english_lacks_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        CATALOGUE.text("en", "nothing")


def test_a_parameter_never_changes_the_text_around_it():
    assert CATALOGUE.text("en", "ends", when="~{day}") == "Ends ~{day}"


def test_numbers_and_names_stay_in_one_piece_in_right_to_left_text():
    assert CATALOGUE.text("ar", "ends", when="04-417") == "إيصال \u206804-417\u2069"


@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
def test_calendars_are_whole(calendar):
    assert len(set(calendar.months)) == 12
    assert len(set(calendar.weekdays)) == 7


def test_the_first_of_a_month_in_french():
    assert CALENDARS["fr"].day(date(2025, 12, 1)) == "1er\u00a0décembre"
    assert CALENDARS["en"].day(date(2025, 12, 1)) == "1\u00a0December"
