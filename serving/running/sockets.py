"""The one socket of the service, opened by the command and listened on by every worker."""

from __future__ import annotations

import ipaddress
import socket

BACKLOG = 512  # connections that wait to be taken


def listen(host: str, port: int) -> socket.socket:
    """A socket on that address; `ValueError`, `OSError` or `OverflowError` if that cannot be.

    From now on nobody else can have the port. Who connects waits until a worker is ready.
    """
    six = isinstance(ipaddress.ip_address(host), ipaddress.IPv6Address)
    listening = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening
