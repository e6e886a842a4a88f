"""``make demo``: the main job on this machine, from the pixels in front of a lens to the owner's numbers.

Real programs, a simulated camera: phones and cards are rendered into a video file, which the kiosk reads through OpenCV.
In the middle the network is cut and the kiosk killed; at the end both sides count.
"""

import json
import random
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import owner  # noqa: E402  # beside this file
import people  # noqa: E402
import photos  # noqa: E402
from people import GRANTED, Scene  # noqa: E402
from programs import Cloud, DemoFailed, Kiosk, Place, cloud_env, run, tidy_up_on_termination  # noqa: E402

from shared.client.reports import ReportsCloud  # noqa: E402
from shared.contracts.gym import AttendanceView, EventQuery  # noqa: E402
from shared.contracts.reports import ReportQuery  # noqa: E402
from tests.support.proxy import CuttableProxy  # noqa: E402

ZONE = "Europe/Copenhagen"
STEPS = 6


class Terminal:
    """Progress for a person: numbered steps, and a line that counts where there is a terminal."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._step = 0

    def step(self, title: str) -> None:
        self._step += 1
        print(f"\n[{self._step}/{STEPS}] {title}  ({time.monotonic() - self._started:.0f} s)", flush=True)

    def say(self, text: str) -> None:
        print(f"      {text}", flush=True)

    def count(self, what: str, total: int) -> Callable[[int], None]:
        def tell(done: int) -> None:
            if sys.stdout.isatty():
                print(f"\r      {what}: {done} of {total} ", end="" if done < total else "\n", flush=True)
            elif done == total:
                self.say(f"{what}: {total}")

        return tell


class Demo:
    """One run. Each method is a step and reads like one."""

    def __init__(self, place: Place, terminal: Terminal) -> None:
        self.place, self.terminal = place, terminal
        self.rng = random.Random(7)
        self.met: list[Scene] = []
        self.answers: list[dict[str, Any]] = []
        self.proxy = CuttableProxy(0)  # named in the pairing text, so it is there before the server is
        self.cloud: Cloud | None = None

    def start_cloud(self) -> None:
        place, say = self.place, self.terminal.say
        init = ["init", "--data", place.cloud, "--gym", "Harbour Gym", "--site", "Harbour Hall", "--zone", ZONE]
        made = json.loads(run("fit-cloud", *init, "--json"))
        sample = ["sample", "--data", place.cloud, "--members", "200", "--out", place.root, "--json"]
        run("fit-cloud", *sample)
        self.sample = json.loads((place.root / "demo-secrets.json").read_text())
        states = Counter(member["state"] for member in self.sample["members"])
        say("200 members: " + ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states.most_common()))
        self.cloud = Cloud(place.cloud, place.logs, cloud_env(self.proxy))
        self.proxy.point_to(self.cloud.port)
        self.desk = owner.sign_in(self.cloud.port, place.cloud / "tls" / "server.crt", made["owner_link"])
        self.site_id = UUID(self.sample["site_id"])
        say(f"the first Owner has signed in by the one-time link; the API answers on port {self.cloud.port}")

    def enrol_kiosk(self) -> None:
        pair = ["pair", "--data", self.place.cloud, "--device", "Main entrance", "--site", "Harbour Hall", "--json"]
        pairing = json.loads(run("fit-cloud", *pair, env=cloud_env(self.proxy)))["pairing"]
        said = run("fit-kiosk", "enrol", pairing, env=self.place.kiosk_env)
        self.terminal.say(said.splitlines()[0])

    def online(self) -> None:
        """Every state of a membership once, and those who should not get in at all."""
        members, gym_id = self.sample["members"], UUID(self.sample["gym_id"])
        phones = [m for m in members if m["kind"] == "live" and m["state"] == "active"]
        each_state = {m["state"]: m for m in reversed(members)}.values()
        scenes = [people.scene_of(member, gym_id) for member in each_state]
        scenes += [people.stranger(), people.expired(phones[0], gym_id), people.forged(phones[1], gym_id)]
        self.rng.shuffle(scenes)
        self._watch("online", scenes)

    def offline(self) -> None:
        """No network: a sale elsewhere reaches the door in the member's own hand, and a kill loses nothing."""
        gym_id = UUID(self.sample["gym_id"])
        fresh = [m for m in self.sample["members"] if m["kind"] != "barcode"][60:]
        self.proxy.cut()
        self.terminal.say("the network is cut")
        other = UUID(self.sample["other_site_id"])
        member_id, text = owner.sell_a_month(self.desk, other, given_name="Nora", family_name="Lind")
        who = "Nora Lind (bought a minute ago elsewhere)"
        voucher = Scene(who, "phone_easy", lambda _: text, GRANTED, str(member_id))
        scenes = [people.scene_of(member, gym_id) for member in fresh[:6]]
        self._watch("offline", [*scenes[:3], voucher, *scenes[3:]], kill_after=4)
        self.terminal.say("the kiosk was killed (-9) between two scans; now it starts again, still offline")
        self._watch("restarted", [people.scene_of(member, gym_id) for member in fresh[6:11]])

    def back_online(self) -> None:
        self.proxy.mend()
        self.terminal.say("the network is back")
        known = photos.find(ROOT.parent / "shared" / "data" / "qr", limit=100)
        if not known:
            self.terminal.say("the real photos are not here; a few more members come instead")
            fresh = [m for m in self.sample["members"] if m["kind"] == "card"][-4:]
            self._watch("back", [people.scene_of(member, UUID(self.sample["gym_id"])) for member in fresh])
            return
        active = [m for m in self.sample["members"] if m["state"] == "active"]
        owners = [active[number % len(active)] for number in range(len(known))]
        owner.read_symbologies(self.desk, self.site_id, sorted(photos.SYMBOLOGIES - {"QRCode"}))
        done = owner.import_codes(self.desk, photos.imports(known, owners))
        self.terminal.say(f"existing codes of {len(known)} real photos taken over for members: {done}")
        self.terminal.say(run("fit-kiosk", "sync", env=self.place.kiosk_env).strip())
        folder = photos.lay_out(known, self.place.clips / "photos")
        self._play(f"dir:{folder}#frames_each=4,fps=16", "photos", len(known))

    def wait_for_sync(self) -> None:
        self.terminal.say(run("fit-kiosk", "sync", env=self.place.kiosk_env).strip())

    def show_numbers(self) -> bool:
        say = self.terminal.say
        events = {event.id: event for event in owner.attendance(self.desk, self.site_id) if event.device_id is not None}
        today = datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date()  # noqa: TID251  # the demo runs now
        visits = self.desk.visits(EventQuery(site_id=self.site_id, first=today, last=today, limit=500)).items
        say(f"who came today ({len(visits)} visits; the first 8):")
        for visit in visits[:8]:
            say(f"  {visit.opened_at.astimezone(ZoneInfo(ZONE)):%H:%M:%S}  {visit.member.name}")
        reports = ReportsCloud(self.desk.session)
        wanted = ReportQuery(site_id=self.site_id, first=today, last=today)
        hours = owner.by_hour(reports.visits(wanted))
        say("visits by hour: " + ", ".join(f"{hour:02}:00 {count}" for hour, count in hours))
        refusals = reports.refusals(wanted)
        say("refused, and why: " + ", ".join(f"{each.reason} {each.refusals}" for each in refusals.reasons))
        right = self._check_reasons(events.values())
        return self._compare({str(event_id) for event_id in events}) and right

    def close(self) -> None:
        if self.cloud is not None:
            self.cloud.stop()
        self.proxy.close()

    def _watch(self, name: str, scenes: Sequence[Scene], *, kill_after: int | None = None) -> None:
        self.met += scenes
        clip = self.place.clips / f"{name}.avi"
        tell = self.terminal.count("rendered", len(scenes))
        people.film(clip, scenes, seed=self.rng.randrange(10**6), tell=tell)
        self._play(f"file:{clip}", name, len(scenes), kill_after=kill_after)

    def _play(self, camera: str, name: str, shown: int, *, kill_after: int | None = None) -> None:
        """Run the kiosk on a recording, and say what it answered."""
        kiosk = Kiosk(camera, env=self.place.kiosk_env, logs=self.place.logs, screens=self.place.screens)
        said: Counter[str] = Counter()
        for number, answer in enumerate(kiosk, 1):
            self.answers.append(answer)
            said[answer.get("reason") or answer["shown"]] += 1
            if number == kill_after:
                kiosk.kill()
                break
        else:
            kiosk.wait()
        total = sum(said.values())
        words = ", ".join(f"{count} {word}" for word, count in said.most_common())
        self.terminal.say(f"{name}: {shown} held up, {total} answered: {words}")

    def _kiosk_ids(self) -> set[str]:
        with sqlite3.connect(f"file:{self.place.root / 'kiosk' / 'events.db'}?mode=ro", uri=True) as database:
            return {json.loads(body)["id"] for (body,) in database.execute("SELECT body FROM event")}

    def _check_reasons(self, events: Iterable[AttendanceView]) -> bool:
        """Whether each member was told what the sample says, wherever the scanner read the code."""
        expected = {scene.member_id: scene.expected for scene in self.met if scene.member_id}
        tricked = {scene.member_id for scene in self.met if scene.expected in ("code_expired", "bad_signature")}
        wrong = []
        for event in events:
            member_id = None if event.member is None else str(event.member.id)
            said = event.reason or (event.outcome.value if event.outcome else "")
            if event.member is not None and member_id in expected.keys() - tricked and said != expected[member_id]:
                wrong.append(f"{event.member.name}: {said}, not {expected[member_id]}")
        self.terminal.say("every answer has the right reason" if not wrong else "WRONG: " + "; ".join(wrong))
        return not wrong

    def _compare(self, cloud: set[str]) -> bool:
        kiosk = self._kiosk_ids()
        self.terminal.say(f"events on the kiosk: {len(kiosk)}, in the cloud: {len(cloud)}")
        differing = sorted(kiosk ^ cloud)
        lost = sorted({answer["id"] for answer in self.answers if answer.get("id")} - cloud)
        self.terminal.say(f"ids that differ: {', '.join(differing) or 'none: nothing lost, nothing doubled'}")
        if lost:
            self.terminal.say(f"shown but not in the cloud: {', '.join(lost)}")
        return not differing and not lost


def main() -> int:
    """Run the demo; 0 when every number agrees."""
    tidy_up_on_termination()
    root = ROOT / "out" / "demo"
    shutil.rmtree(root, ignore_errors=True)
    terminal = Terminal()
    demo = Demo(Place(root), terminal)
    try:
        terminal.step("The cloud: a gym, its first Owner, 200 members in every state")
        demo.start_cloud()
        terminal.step("The kiosk: enrolled by a one-time code")
        demo.enrol_kiosk()
        terminal.step("The door, online: phones and cards in front of a simulated camera")
        demo.online()
        terminal.step("The door, offline: the network is cut, the kiosk killed and restarted")
        demo.offline()
        terminal.step("Back online: real photos of codes, and everything is sent")
        demo.back_online()
        demo.wait_for_sync()
        terminal.step("What the owner asked")
        good = demo.show_numbers()
    except DemoFailed as error:
        terminal.say(str(error))
        return 1
    finally:
        demo.close()
    terminal.say(
        f"screenshots of the kiosk's screens: {demo.place.screens} ({len(list(demo.place.screens.iterdir()))})"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
