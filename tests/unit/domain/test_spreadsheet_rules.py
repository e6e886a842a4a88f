"""What a spreadsheet would calculate is told to be text."""

import pytest

from shared.domain.spreadsheets import as_text, as_written


@pytest.mark.parametrize("text", ["=1+1", "+45 12345678", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "＠x"])
def test_a_text_that_would_be_calculated_is_told_to_be_text(text):
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Nora", "1+1", " =1", "'quoted'", "é"])
def test_other_texts_stay_as_they_are(text):
    assert as_text(text) == text


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''-2", "'", "'quoted'", "Nora", "", "+45 12", "'+45 12"])
def test_what_was_told_to_be_text_is_read_as_it_was(text):
    assert as_written(as_text(text)) == text


@pytest.mark.parametrize(("told", "text"), [("'=1+1", "=1+1"), ("'Nora", "'Nora"), ("=1+1", "=1+1"), ("'", "'")])
def test_only_an_apostrophe_that_tells_is_taken_away(told, text):
    assert as_written(told) == text
