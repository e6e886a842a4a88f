"""What each command of ``fit-cloud`` does, and how it says so to a person and to a program."""

import argparse
from collections.abc import Callable
from dataclasses import asdict

from cloud_api.operate.answer import Answer
from cloud_api.operate.backups import back_up
from cloud_api.operate.copying import copy_gym
from cloud_api.operate.desk_files import make_desk_file
from cloud_api.operate.doctor import examine
from cloud_api.operate.event_commands import replay, run_events
from cloud_api.operate.initialising import initialise, new_owner_link
from cloud_api.operate.opening import open_cloud
from cloud_api.operate.pairing import pair
from cloud_api.operate.restoring import declare_restored, restore
from cloud_api.operate.serving import serve
from cloud_api.reports.counting import recount_all
from cloud_api.sample.making import make_sample
from cloud_api.settings import Settings
from shared.clock import SystemClock
from shared.domain.device import Direction


def _init(asked: argparse.Namespace, settings: Settings) -> Answer:
    made = initialise(settings, gym_name=asked.gym, site_name=asked.site, zone=asked.zone)
    text = (
        f"{made.gym_name} is set up in {made.data}.\n"
        f"1. Start it:  fit-cloud serve --data {made.data}\n"
        f"2. Become its owner, once, within 24 hours:\n   {made.owner_link}\n"
        f"   (The browser asks about the certificate; its SHA-256 is {made.certificate_sha256}.)"
    )
    return Answer(asdict(made), text)


def _serve(_asked: argparse.Namespace, settings: Settings) -> Answer:
    serve(settings)
    return Answer({}, "stopped")


def _pair(asked: argparse.Namespace, settings: Settings) -> Answer:
    made = pair(settings, device=asked.device, site=asked.site, direction=Direction(asked.direction))
    return Answer(asdict(made), made.pairing)


def _owner_link(_asked: argparse.Namespace, settings: Settings) -> Answer:
    link = new_owner_link(settings)
    return Answer({"owner_link": link}, link)


def _desk_file(asked: argparse.Namespace, settings: Settings) -> Answer:
    made = make_desk_file(settings)
    asked.file.write_text(made.text(), encoding="utf-8")
    return Answer(
        asdict(made), f"{asked.file}: open it with  fit-admin {asked.file}  on each desk. It holds no secret."
    )


def _doctor(_asked: argparse.Namespace, settings: Settings) -> Answer:
    findings = examine(settings)
    lines = [
        f"{'ok' if item.ok else '!!':<4}{item.name:<15}{item.detail}"
        + (f"\n    → {item.advice}" if item.advice else "")
        for item in findings
    ]
    code = 0 if all(item.ok for item in findings) else 1
    return Answer([asdict(item) for item in findings], "\n".join(lines), code)


def _backup(asked: argparse.Namespace, settings: Settings) -> Answer:
    made = back_up(settings, asked.file.absolute(), now=SystemClock().now())
    rows = sum(made.rows.values())
    text = f"{asked.file}: {rows} rows, read back and equal. It holds the gym's secrets: keep it safe."
    return Answer(asdict(made), text)


def _restore(asked: argparse.Namespace, settings: Settings) -> Answer:
    done = restore(settings, asked.file.absolute())
    text = f"Restored the backup of {done.made_at}; {done.replayed} lines of the journal were done again."
    return Answer(asdict(done), text + (f"\nThe database before is in {done.aside}." if done.aside else ""))


def _restored(_asked: argparse.Namespace, settings: Settings) -> Answer:
    replayed = declare_restored(settings)
    text = f"A new epoch begins: kiosks send again what they keep. {replayed} lines of the journal were done again."
    return Answer({"replayed": replayed}, text)


def _copy(asked: argparse.Namespace, settings: Settings) -> Answer:
    made = copy_gym(settings, asked.to)
    text = (
        f"{sum(made.rows.values())} rows copied and read back; both databases hold the same.\n"
        "Set FIT_DATABASE_URL to the new database for every command from now on. The file stays as it was."
    )
    return Answer(asdict(made), text)


def _recount(_asked: argparse.Namespace, settings: Settings) -> Answer:
    cloud = open_cloud(settings)
    wrong = recount_all(cloud.database)
    cloud.database.close()
    return Answer(
        {"wrong": wrong}, f"{wrong} sums were wrong and have been put right." if wrong else "all sums are right"
    )


def _sample(asked: argparse.Namespace, settings: Settings) -> Answer:
    cloud = open_cloud(settings)
    try:
        made = make_sample(cloud, members=asked.members, seed=asked.seed, out=asked.out.absolute())
        cloud.dispatcher.run_pending()
    finally:
        cloud.database.close()
    text = f"{len(made.members)} sample members. Their codes are in {made.file}: demo secrets, keep them out of a real gym."
    sites = {"site_id": str(made.site_id), "other_site_id": str(made.other_site_id)}
    return Answer({"file": str(made.file), "members": len(made.members), **sites}, text)


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], Answer]] = {
    "init": _init,
    "serve": _serve,
    "pair": _pair,
    "owner-link": _owner_link,
    "desk-file": _desk_file,
    "doctor": _doctor,
    "backup": _backup,
    "restore": _restore,
    "events": run_events,
    "replay": replay,
    "restored": _restored,
    "copy": _copy,
    "recount": _recount,
    "sample": _sample,
}
