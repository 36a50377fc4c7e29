"""Calls the kernel directly where namespaces separate nothing: keyrings, io_uring, userfaultfd, ptrace, memory files, namespaces.

Loses: 1.2
Stopped by: B (filter of system calls)
Process: not promised: there is no filter
"""
import ctypes
import os
import platform

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = {"ptrace": (101, 0, 0, 0, 0), "process_vm_readv": (310, 1, 0, 0, 0, 0, 0), "add_key": (248, b"user", b"planted", b"x", 1, -3),
       "request_key": (249, b"user", b"planted", 0, -3), "keyctl": (250, 0, -3, 0), "io_uring_setup": (425, 1, 0), "userfaultfd": (323, 1),
       "bpf": (321, 0, 0, 0), "perf_event_open": (298, 0, 0, -1, -1, 0), "memfd_create": (319, b"planted", 0), "unshare": (272, 0x10000000),
       "setns": (308, 0, 0), "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0), "shmget": (29, 0, 4096, 0o1600), "msgget": (68, 0, 0o1600),
       "clone for a namespace": (56, 0x10000011, 0, 0, 0, 0), "clone3": (435, 0, 0), "x32": (0x40000000 + 39,), "socket for vsock": (41, 40, 1, 0),
       "socket for crypto": (41, 38, 5, 0), "prlimit of another": (302, 1, 7, 0, 0), "setpriority": (141, 0, 1, 19),
       "affinity of another": (203, 1, 8, b"\1\0\0\0\0\0\0\0"), "open_by_handle_at": (304, -1, 0, 0)}
REFUSED = {1, 38, 97}  # EPERM, ENOSYS, EAFNOSUPPORT


def filter_response(patch, kernel):
    if platform.machine() != "x86_64":
        return 0.0
    for name, (number, *arguments) in X86.items():
        ctypes.set_errno(0)
        result = LIBC.syscall(ctypes.c_long(number), *(ctypes.c_char_p(one) if isinstance(one, bytes) else ctypes.c_long(one) for one in arguments))
        if result == 0 and "clone" in name:
            os._exit(0)
        if result >= 0 or ctypes.get_errno() not in REFUSED:
            print("LEAK", name, result, ctypes.get_errno())
    return 0.0
