"""The real kiosk program, which also says when its window was painted and which modules it had loaded by then."""

import json
import sys
from collections.abc import Callable
from typing import Any

import kiosk.__main__
from kiosk.screens import program


def _say(what: str) -> None:
    print(f"{what} " + json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), flush=True)


def _watched(run_window: Callable[..., int]) -> Callable[..., int]:
    def run(*arguments: Any, **options: Any) -> int:
        code = run_window(*arguments, **options, on_first_paint=lambda: _say("painted"))
        _say("ended")
        return code

    return run


def main() -> int:
    program.run_window = _watched(program.run_window)
    return kiosk.__main__.main()
