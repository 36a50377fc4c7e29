"""What a worker gives up before it loads an answer: rights, and most of the machine. Imported by workers only."""

import contextlib
import os
import signal

KINDS = ("DATA", "FSIZE", "NPROC", "CPU", "NOFILE")
"""The order of the numbers that `bind` reads. 0 sets no limit."""

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36


def bind(numbers: str) -> None:
    """Set the limits of this process and all that it will start, for good. No core dumps and no message queues either."""
    import resource

    wanted = [*zip(KINDS, map(int, numbers.split(","))), ("CORE", None), ("MSGQUEUE", None)]
    for name, limit in wanted:
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is None or limit == 0:
            continue
        hard = resource.getrlimit(kind)[1]
        limit = limit or 0
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        with contextlib.suppress(ValueError, OSError):  # a system may know a limit and not let it be set
            resource.setrlimit(kind, (limit, limit))


def become(user: int) -> None:
    """Be this user from now on; 0 stays who it is."""
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def die_first() -> None:
    """Should the machine run out of memory, let the kernel end this process rather than another."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def die_with_parent() -> None:
    """End at once when the parent does, however it ends and whatever an answer is doing. Linux only.

    The kernel forgets this whenever a process changes its user: call it after `become`.
    """
    import ctypes

    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def stay_behind() -> None:
    """Go on in a child; this process, the first of its namespace, waits for it and ends as it does.

    No answer can signal or look into the process that stays behind. It must not have become another user: when
    the grader is killed, so is bubblewrap, which then ends this process and may only do so to one of its own user.
    """
    child = os.fork()
    if not child:
        return
    be_unreachable()
    os.closerange(0, 256)
    while True:
        done, status = os.waitpid(-1, 0)
        if done == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def be_unreachable() -> None:
    """No memory of this process can be read or written by others of its user, and no signal has a handler.
    The first process of a namespace gets no signal without a handler from inside."""
    import ctypes

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def adopt_orphans() -> None:
    """Stay an ancestor of whatever is started from here, so that it can be found and ended. Linux only."""
    import ctypes

    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
