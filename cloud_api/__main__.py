"""``fit-cloud``: the cloud API of a gym, on a PC or a server."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cloud_api.settings import DEFAULT_PORT, load_settings
from shared.domain.device import Direction
from shared.errors import FitError

_DESCRIPTION = """The cloud API of a gym: members, passes, kiosks, reports.

A first day:
  fit-cloud init --data DIR --gym "Harbour Gym" --site "Harbour" --zone Europe/Copenhagen
  fit-cloud serve --data DIR          and open the owner's link that init printed
  fit-cloud pair --data DIR --device "Front door"      and give the text to the kiosk

Instead of --data you may set FIT_DATA. Programs read the answers with --json."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 something is wrong, 2 the command line is."""
    asked = _parser().parse_args(arguments)
    os.umask(0o077)  # what this program writes is for its own account
    from cloud_api.operate.commands import COMMANDS  # noqa: PLC0415  # late, so that --help answers at once

    try:
        answer = COMMANDS[asked.command](asked, load_settings(asked.data, host=asked.host, port=asked.port))
    except FitError as error:
        if asked.json:
            print(json.dumps({"error": str(error)}))
        print(f"fit-cloud: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer.data) if asked.json else answer.text)
    return answer.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fit-cloud", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    init = _command(commands, "init", "make a gym: secrets, certificate, database, first site, owner's link")
    init.add_argument("--gym", required=True, metavar="NAME", help="name of the gym business")
    init.add_argument("--site", required=True, metavar="NAME", help="name of the first site")
    init.add_argument("--zone", required=True, help="the site's time zone, such as Europe/Copenhagen")
    init.add_argument("--host", help="address to listen on (127.0.0.1: for kiosks on this machine only)")
    init.add_argument("--port", type=int, help=f"port to listen on ({DEFAULT_PORT})")
    serve = _command(commands, "serve", "serve over TLS until stopped; prints 'ready https://…' once it answers")
    serve.add_argument("--host", help="listen elsewhere this time")
    serve.add_argument("--port", type=int, help="listen on another port this time; 0 takes a free one")
    pair = _command(commands, "pair", "print the text that a kiosk enrols with (once, within 15 minutes)")
    pair.add_argument("--device", required=True, metavar="NAME", help="the kiosk; one that exists is enrolled again")
    pair.add_argument("--site", metavar="NAME", help="its site; needed when there are several")
    directions = [item.value for item in Direction]
    pair.add_argument("--direction", choices=directions, default="entry", help="way in (as a rule) or way out")
    _command(commands, "owner-link", "print a new link for the first owner, when the one of init is lost")
    desk = _command(commands, "desk-file", "write the sign-in file that the admin desktop opens; it holds no secret")
    desk.add_argument("file", type=Path, help="such as gym.fitdesk")
    _command(commands, "doctor", "say what is wrong, in plain words; exit code 1 when something is")
    backup = _command(commands, "backup", "write a backup, also while serving, and read it back")
    backup.add_argument("file", type=Path, help="a file that does not exist yet; it will hold secrets")
    restore = _command(commands, "restore", "put a backup back, with the server stopped")
    restore.add_argument("file", type=Path, help="the backup")
    _add_events(commands)
    _command(commands, "replay", "the same as 'events replay'").set_defaults(consumer=None)
    _command(commands, "restored", "say that the database server's own backup was put back, before serving from it")
    _command(commands, "recount", "work the sums of the reports out anew from their facts; says how many were wrong")
    copy = _command(commands, "copy", "copy the gym's database file to a database server, with the server stopped")
    copy.add_argument(
        "--to", required=True, metavar="URL", help="an empty database: mysql+pymysql://user:password@host/name"
    )
    sample = _command(commands, "sample", "fill a gym with plans and members in every state, to try things out")
    sample.add_argument("--members", type=int, default=200, metavar="N", help="so many (200); above 1000 all are alike")
    sample.add_argument("--seed", type=int, default=1, metavar="N", help="who is in which state follows from it (1)")
    sample.add_argument("--out", type=Path, required=True, metavar="DIR", help="where demo-secrets.json goes")
    return parser


def _add_events(commands: Any) -> None:
    parser = commands.add_parser("events", help="messages between services: list what is parked, deliver it again")
    events = parser.add_subparsers(title="commands", metavar="COMMAND", dest="what", required=True)
    for name, text in (
        ("parked", "list the messages that a consumer gave up on"),
        ("replay", "have parked messages delivered again"),
    ):
        _command(events, name, text).add_argument("--consumer", metavar="NAME", help="only those of this consumer")
    _command(events, "topics", "make the topics in Kafka that are missing")


def _command(commands: Any, name: str, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    command.add_argument("--data", type=Path, metavar="DIR", help="the gym's data folder (or FIT_DATA)")
    command.add_argument("--json", action="store_true", help="answer in JSON, for programs")
    command.set_defaults(host=None, port=None)
    return command


if __name__ == "__main__":
    sys.exit(main())
