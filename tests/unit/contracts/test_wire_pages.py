"""The pages in docs/wire say what the code says."""

import re
from pathlib import Path

import pytest

from cloud_api.devices import ingest, noticing, timing
from cloud_api.gym import flags as gym_flags
from kiosk.screens.texts.en import TEXTS
from shared.domain.decision import DenialReason, NoticeKind
from shared.passtoken.tokens import MAX_TEXT

WIRE = Path(__file__).resolve().parents[3] / "docs" / "wire"
PAGES = sorted(WIRE.glob("*.md"))


def table(page: str, *, part: int = 0) -> dict[str, list[str]]:
    """The table in a part of a page (parts begin with ``##``): the cells of each row by the code in the first one."""
    lines = (WIRE / page).read_text(encoding="utf-8").split("\n## ")[part].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_the_page_of_reasons_has_every_reason_in_order_and_no_other():
    assert list(table("denial-reasons.md")) == [reason.value for reason in DenialReason]


def test_the_page_of_reasons_has_every_notice_in_order_and_no_other():
    assert list(table("denial-reasons.md", part=1)) == [kind.value for kind in NoticeKind]


@pytest.mark.parametrize("reason", DenialReason)
def test_the_sentence_on_the_page_is_the_one_on_the_screen(reason):
    told = TEXTS[f"denied.{reason.value}"].replace("~", " ")
    assert table("denial-reasons.md")[reason.value][0] == re.sub(r"\{(\w+)\}", r"*\1*", told)


def test_every_flag_is_on_its_page():
    named = {
        value
        for module in (ingest, noticing, timing, gym_flags)
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str)
    }
    assert {flag + "<reason>" if flag.endswith("_") else flag for flag in named} == set(table("flags.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_on_a_page_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not link.startswith("http") and not (WIRE / link).exists()] == []


def test_the_page_of_tokens_has_their_sizes():
    page = (WIRE / "pass-tokens.md").read_text(encoding="utf-8")
    assert "| live code | 77 | 118 | 5 (37 × 37) |" in page
    assert f"| voucher | 80 | {MAX_TEXT} | 5 (37 × 37) |" in page
    assert "| card | 16 | 26 | 2 (25 × 25) |" in page
