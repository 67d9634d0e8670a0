"""The door of a process: what goes out through it goes at once."""

import asyncio
import socket

from deploy.process import open_door


async def test_an_answer_does_not_wait_for_its_head_to_be_confirmed() -> None:
    found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def come_in(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        end: socket.socket = writer.get_extra_info("socket")
        found.set_result(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    door = open_door("127.0.0.1", 0)
    async with await asyncio.start_server(come_in, sock=door):
        _, writer = await asyncio.open_connection(*door.getsockname())
        assert await asyncio.wait_for(found, 10)
        writer.close()
        await writer.wait_closed()
