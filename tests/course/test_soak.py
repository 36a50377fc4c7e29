"""The textbook over a long day: a thousand saves, memory flat, no process left."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from statistics import median

import psutil

from course.authoring import site_build

SAVES = 1000
GROWTH_MB = 12.0
"""What the server and the checking process may gain together from the 200th save to the last; a leak of 20 kB a save would show."""


def test_a_thousand_saves_leave_memory_flat_and_no_process(pupil, family, wait_until, tmp_path, capsys):
    site = site_build.site_folder(pupil.root)
    site.mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html><html><head><title>x</title></head></html>")
    program = ("from course.authoring import site_build; site_build.is_fresh = lambda root: True; import sys\n"
               "from course.cli import main; sys.argv = ['course', 'start', '--no-browser']; main()")
    log = tmp_path / "log"
    begun = time.monotonic()
    with open(log, "w") as file:
        process = subprocess.Popen([sys.executable, "-c", program], cwd=pupil.root, stdout=file, stderr=subprocess.STDOUT)
    address = wait_until(lambda: re.search(r"The course is at (http://\S+)", log.read_text()), what="the address")[1]
    page = Page(f"{address}_course/events")
    text = pupil.solved("1.1", "1.2")
    pupil.save(text)
    wait_until(lambda: page.status("1.2") == "passed", what="the first verdict")

    resident, verdicts, processes = [], [], []
    for number in range(1, SAVES + 1):
        right = number % 2 == 0
        begin = page.count("1.2")
        pupil.save(text if right else text.replace("    return float(np.sum(patch * kernel))", f"    return {number}.5"))
        wait_until(lambda: page.count("1.2") > begin, what=f"the verdict on save {number}")
        verdicts.append(page.status("1.2") == ("passed" if right else "failed"))
        if number % 100 == 0:
            resident.append(sum(one.memory_info().rss for one in (psutil.Process(process.pid), *psutil.Process(process.pid).children())) / 1e6)
            processes.append(len(psutil.Process(process.pid).children(recursive=True)))

    assert all(verdicts)
    assert median(resident[-3:]) - resident[1] < GROWTH_MB, resident
    assert max(processes) <= processes[1] + 4, processes  # from the 200th save on, as for memory: all nurseries are there by then
    family.remember(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 143 and family.has_ended()
    page.thread.join(10)
    left = [name for name in os.listdir(pupil.root / ".course") if name.endswith(".part")]
    assert left == []
    with capsys.disabled():
        print(f"\n{SAVES} saves, each with its verdict, in {time.monotonic() - begun:.0f} s; memory of server and checker after every "
              f"hundredth: {', '.join(f'{one:.0f}' for one in resident)} MB; processes: {processes[0]} after the first hundred, "
              f"{processes[-1]} after the last, 0 at the end")


class Page:
    """A page that listens all day, and asks again when it was let go."""

    def __init__(self, address: str):
        self.seen: dict[str, list[str]] = {}
        self.address = address
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        try:
            for line in urllib.request.urlopen(self.address, timeout=60):
                event = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
                if event.get("kind") == "verdict":
                    task = next(task for task in event["lesson"]["tasks"] if task["id"] == event["task"])
                    self.seen.setdefault(event["task"], []).append(task["status"])
        except OSError:
            pass  # the server has ended

    def count(self, task_id: str) -> int:
        return len(self.seen.get(task_id, []))

    def status(self, task_id: str) -> str:
        return self.seen.get(task_id, [""])[-1]
