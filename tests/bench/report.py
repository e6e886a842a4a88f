"""The table that the benchmarks print into."""


class Report:
    """Rows of name, measured value, goal. ``ok`` None marks an absolute goal, which never fails the run."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def section(self, title: str) -> None:
        print(f"\n{title}", flush=True)

    def note(self, text: str) -> None:
        print(f"  {text}", flush=True)

    def row(self, name: str, value: str, goal: str, ok: bool | None) -> None:
        mark = {True: "ok", False: "FAILS", None: "goal"}[ok]
        print(f"  {name:<62} {value:>24}   {goal:<24} {mark}", flush=True)
        if ok is False:
            self.failed.append(name)

    def close(self) -> int:
        """Print the verdict; the exit code of the run."""
        print("\nall ratios hold" if not self.failed else "\nFAILS: " + "; ".join(self.failed), flush=True)
        return 1 if self.failed else 0
