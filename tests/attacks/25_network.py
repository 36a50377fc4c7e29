"""Calls out: TCP, UDP, IPv6, abstract UNIX sockets, the host of a virtual machine, Docker's and the desktop's sockets.

Loses: 1.2
Stopped by: B
Process: not promised: without a network namespace a process may call whom it likes
"""
import socket


def attempts():
    yield "tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int("@PORT@"))
    yield "udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int("@PORT@"))
    yield "outside", socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80)
    yield "six", socket.AF_INET6, socket.SOCK_STREAM, ("::1", int("@PORT@"))
    yield "abstract", socket.AF_UNIX, socket.SOCK_STREAM, "\0course-@PORT@"
    yield "session", socket.AF_UNIX, socket.SOCK_STREAM, "/run/dbus/system_bus_socket"
    yield "docker", socket.AF_UNIX, socket.SOCK_STREAM, "/var/run/docker.sock"
    yield "vsock", socket.AF_VSOCK, socket.SOCK_STREAM, (2, 1024)
    yield "packet", socket.AF_PACKET, socket.SOCK_RAW, ("lo", 0)
    yield "netlink", socket.AF_NETLINK, socket.SOCK_RAW, (0, 0)


def filter_response(patch, kernel):
    reached = []
    for name, family, kind, address in attempts():
        try:
            with socket.socket(family, kind) as one:
                if name in ("vsock", "packet", "netlink"):  # not even the socket should be
                    reached.append(name)
                one.settimeout(0.1)
                one.connect(address)
                one.send(b"the submission was here")
                reached.append(name if name != "udp" else "")
        except OSError:
            pass
    try:
        reached.append(socket.gethostbyname("example.org"))
    except OSError:
        pass
    print("LEAK reached" if any(reached) else "", *filter(None, reached))
    return 0.0
