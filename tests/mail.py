"""A mail server at the other end of SMTP, which keeps what arrives, refuses it, or loses its own answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_string, policy
from email.message import EmailMessage


class Mail:
    """`answers` says what is answered to a command instead of that all is well; `lost` cuts after a mail."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.heard: list[str] = []
        self.answers: dict[str, str] = {}
        self.lost = False
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            command = line.split()[0].upper()
            self.heard.append(command)
            if command == "DATA":
                writer.write(b"354 go on\r\n")
                text = (await reader.readuntil(b"\r\n.\r\n")).decode()
                self.arrived.append(message_from_string(text, EmailMessage, policy=policy.default))
                if self.lost:
                    break
            writer.write(f"{self.answers.get(command, '250 fine')}\r\n".encode())
            if command == "QUIT":
                break
        writer.close()


@asynccontextmanager
async def mail_server() -> AsyncIterator[Mail]:
    """Serve on a free port."""
    mail = Mail()
    server = await asyncio.start_server(mail.serve, "127.0.0.1", 0)
    mail.port = server.sockets[0].getsockname()[1]
    yield mail
    server.close()
    await server.wait_closed()
