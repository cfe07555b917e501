#!/usr/bin/python3
# link.py: a longer way to a port: every byte arrives so many milliseconds later
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""link.py PORT MILLISECONDS: prints the port to connect to. The delay is of one direction."""
import asyncio
import socket
import sys


async def carry(reader, writer, delay):
    loop = asyncio.get_running_loop()
    while piece := await reader.read(65536):
        loop.call_later(delay, writer.write, piece)
    loop.call_later(delay, writer.close)


async def main(port, delay):
    async def connected(reader, writer):
        away_reader, away_writer = await asyncio.open_connection('127.0.0.1', port)
        for one in (writer, away_writer):
            one.get_extra_info('socket').setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(carry(reader, away_writer, delay), carry(away_reader, writer, delay),
                             return_exceptions=True)

    server = await asyncio.start_server(connected, '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000))
