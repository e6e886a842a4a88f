"""What an error of the API must look like."""

import httpx

from shared.contracts.problem import MEDIA_TYPE, Problem


def refusal(answer: httpx.Response, status: int, code: str) -> Problem:
    """The problem in an answer that must have this status and code."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE), answer.text
    problem = Problem.model_validate(answer.json())
    assert (problem.code, problem.status) == (code, status), answer.text
    return problem
