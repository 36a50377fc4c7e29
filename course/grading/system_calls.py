"""Which system calls exist behind the walls: a seccomp filter for bubblewrap.

Namespaces do not separate everything. A login's keyring is inherited, virtual machines talk to
their host through sockets that belong to no network namespace, shared memory may lie outside every
counted folder, and much of the kernel that answers needs is never needed by Python. Those calls
fail here; all others are left alone, so that TensorFlow works as it does outside.

The program is classic BPF, as `man 2 seccomp` describes it: 8-byte instructions (code, jump if
true, jump if false, number) that look at `struct seccomp_data`.
"""

import errno
import os
import platform
import struct
from collections.abc import Iterator
from contextlib import contextmanager

# name: number on x86_64, number on aarch64; one number where both are the same.
FORBIDDEN = {
    # keys of the person who grades
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # other processes: reading, writing, steering them
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272), "pidfd_getfd": 438,
    "process_madvise": 440,
    "setpriority": (141, 140), "ioprio_set": (251, 30),
    # memory that is in no counted place
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "memfd_secret": 447,
    # large parts of the kernel that have no business here
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "userfaultfd": (323, 282), "bpf": (321, 280),
    "perf_event_open": (298, 241), "fanotify_init": (300, 262),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442,
    "open_by_handle_at": (304, 265),
    # the machine itself; refused without rights in any case
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "quotactl": (179, 60), "syslog": (103, 116), "settimeofday": (164, 170), "clock_settime": (227, 112),
}
ABSENT = {"clone3": 435, "memfd_create": (319, 279)}
"""Said not to exist, so that libraries take the older way. The flags of clone3 cannot be looked at; a
memfd is memory that belongs to no process."""

SOCKETS = {"socket": (41, 198), "socketpair": (53, 199)}
CLONE = (56, 220)
OF_ITSELF = {"prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119), "sched_setparam": (142, 118),
             "sched_setattr": (314, 274)}
"""Their first argument is a process; 0, which is the caller, passes."""
FAMILIES = 1, 2, 10
"""AF_UNIX, AF_INET and AF_INET6, which the network namespace keeps apart. AF_VSOCK would reach the host."""

NEW_NAMESPACES = 0x7E020000
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column in the tables above, and AUDIT_ARCH."""

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
X32 = 0x40000000
"""System calls of x86_64 with 32-bit pointers have this bit, which would pass by every number above."""


def known_machine() -> bool:
    return platform.machine() in MACHINES


def program(machine: str) -> bytes:
    """The filter for one kind of processor, "x86_64" or "aarch64"."""
    column, architecture = MACHINES[machine]

    def number(entry) -> int:
        return entry if isinstance(entry, int) else entry[column]

    checks = [("forbidden", number(entry)) for entry in FORBIDDEN.values()] + [("absent", number(entry)) for entry in ABSENT.values()]
    checks += [("socket", number(entry)) for entry in SOCKETS.values()] + [("clone", CLONE[column])]
    checks += [("of itself", number(entry)) for entry in OF_ITSELF.values()]
    lines = [(LOAD, ARCHITECTURE), (JUMP_EQUAL, architecture, None, "kill"), (LOAD, NUMBER)]
    lines += [(JUMP_AT_LEAST, X32, "absent", None)] if machine == "x86_64" else []
    lines += [(JUMP_EQUAL, value, label, None) for label, value in checks]
    lines += [(RETURN, ALLOW)]
    lines += ["socket", (LOAD, FIRST_ARGUMENT), *((JUMP_EQUAL, family, "allow", None) for family in FAMILIES),
              (RETURN, FAIL | errno.EAFNOSUPPORT)]
    lines += ["clone", (LOAD, FIRST_ARGUMENT), (JUMP_ANY_BIT, NEW_NAMESPACES, "forbidden", "allow")]
    lines += ["of itself", (LOAD, FIRST_ARGUMENT), (JUMP_EQUAL, 0, "allow", "forbidden")]
    lines += ["allow", (RETURN, ALLOW), "forbidden", (RETURN, FAIL | errno.EPERM), "absent", (RETURN, FAIL | errno.ENOSYS)]
    lines += ["kill", (RETURN, KILL)]
    return _assembled(lines)


def _assembled(lines: list) -> bytes:
    """Lines are names of places, or (code, number) or (code, number, place if true, place if false)."""
    places: dict[str, int] = {}
    instructions = []
    for line in lines:
        if isinstance(line, str):
            places[line] = len(instructions)
        else:
            instructions.append(line)
    code = b""
    for position, (kind, value, *targets) in enumerate(instructions):
        jumps = [places[target] - position - 1 if target else 0 for target in targets] or [0, 0]
        code += struct.pack("=HBBI", kind, *jumps, value)
    return code


@contextmanager
def filter_descriptor() -> Iterator[int]:
    """A descriptor from which bubblewrap reads the filter, once."""
    reading, writing = os.pipe()
    try:
        with open(writing, "wb") as pipe:
            pipe.write(program(platform.machine()))
        yield reading
    finally:
        os.close(reading)
