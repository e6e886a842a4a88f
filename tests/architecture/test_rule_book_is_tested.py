"""The rule book's tests reach every branch of the domain, and notice when it is broken."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_branch_of_the_domain_is_reached_without_chance(tmp_path):
    """By the tables alone: what a property happens to draw does not count."""
    done = run(
        *("pytest", "tests/unit/domain", "-q", "-m", "not hypothesis", "-p", "no:randomly"),
        *("--cov=shared.domain", "--cov-branch", "--cov-fail-under=100"),
        "--cov-report=term-missing:skip-covered",
        COVERAGE_FILE=str(tmp_path / "coverage"),
    )
    assert done.returncode == 0, done.stdout


def test_a_sample_of_broken_rule_books_is_noticed():
    """All of them: ``python -m tests.campaign.mutants``."""
    done = run("tests.campaign.mutants", "--sample", "8", "--seed", "1")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_broken_rule_book_that_nobody_tests_is_told():
    done = run(
        *("tests.campaign.mutants", "--sample", "2", "--seed", "1"),
        *("--tests", "tests/unit/domain/test_money_rules.py"),
    )
    assert done.returncode == 1, done.stderr
    assert "alive: shared/domain/" in done.stdout
