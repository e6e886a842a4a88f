"""The catalogues: complete, with the same blanks, and free of what a kiosk must not say."""

import re
from string import Formatter

import pytest

from kiosk.screens.state import Badge
from kiosk.screens.texts import CATALOGUE, LANGUAGE_NAMES, ar, da, de, en, es, fr
from shared.domain.verdicts import DenialReason

CATALOGUES = {"en": en, "da": da, "de": de, "es": es, "fr": fr, "ar": ar}
OTHERS = [lang for lang in CATALOGUES if lang != "en"]


def blanks(text: str) -> set[str]:
    return {f"{name}:{spec}" for _, name, spec, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", OTHERS)
def test_every_language_says_all_that_english_says_and_nothing_else(lang):
    assert set(CATALOGUES[lang].TEXTS) == set(en.TEXTS)


@pytest.mark.parametrize("lang", OTHERS)
def test_every_text_takes_the_same_blanks_as_in_english(lang):
    assert {key for key, text in CATALOGUES[lang].TEXTS.items() if blanks(text) != blanks(en.TEXTS[key])} == set()


@pytest.mark.parametrize("lang", CATALOGUES)
def test_no_text_is_empty_or_untidy(lang):
    untidy = re.compile(r"^\s|\s$|  |~ | ~|'|\.\.\.")
    assert {key for key, text in CATALOGUES[lang].TEXTS.items() if not text or untidy.search(text)} == set()


@pytest.mark.parametrize("lang", CATALOGUES)
def test_a_number_and_its_noun_stay_together(lang):
    loose = re.compile(r"\} (visits|people|besøg|personer|Besuche|Leuten|visitas|personas|visites|personnes)|at \{time")
    assert {key for key, text in CATALOGUES[lang].TEXTS.items() if loose.search(text)} == set()


def test_every_reason_and_badge_has_words_and_every_language_a_name():
    assert {f"denied.{reason.value}" for reason in DenialReason} <= set(en.TEXTS)
    assert {f"badge.{badge.value}" for badge in Badge} <= set(en.TEXTS)
    assert set(LANGUAGE_NAMES) == set(CATALOGUE.languages) == set(CATALOGUES)


def test_the_seven_verdict_words_differ_where_the_door_differs():
    for lang in CATALOGUES:
        opens = {CATALOGUE.text(lang, f"word.{kind}") for kind in ("granted", "notice", "repeat")}
        shut = {
            CATALOGUE.text(lang, f"word.{kind}")
            for kind in ("denied", "try_again", "not_yet", "closed", "not_here", "full", "ask_us")
        }
        assert len(opens) == 3
        assert not opens & shut
