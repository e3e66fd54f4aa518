"""Where the server listens, and why it cannot."""

import errno
import socket

FLAGS = "--host and --port"


class PortInUse(Exception):
    """The server cannot listen there, mostly as another process does. `by` is what sets the port."""

    def __init__(self, host: str, port: int, error: OSError, by: str = FLAGS) -> None:
        if error.errno == errno.EADDRINUSE:
            said = (
                f"port {port} on {host} is in use by another process. Stop that one, or choose another port"
            )
        elif error.errno == errno.EACCES:
            said = f"port {port} on {host} needs privileges. Choose a port above 1023"
        else:
            said = f"cannot listen on {host}, port {port} ({error.strerror or error}). Choose another address"
        super().__init__(f"{said} with {by}.")
        self.port = port


def see_that_it_is_ours(host: str, port: int, by: str = FLAGS) -> None:
    """Raise PortInUse for a host that this machine is not; whether the port is free only a start shows."""
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as one:
                one.bind(address)
    except OSError as error:
        raise PortInUse(host, port, error, by) from error
