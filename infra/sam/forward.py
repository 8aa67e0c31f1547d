"""Lets containers reach what listens on a loopback address: forwards each connection from one address to another.

    forward.py LISTEN_HOST:PORT TARGET_HOST:PORT
"""

import asyncio
import sys


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


async def main(listen, target):
    async def connected(reader, writer):
        there_reader, there_writer = await asyncio.open_connection(*target)
        await asyncio.gather(pump(reader, there_writer), pump(there_reader, writer), return_exceptions=True)

    server = await asyncio.start_server(connected, *listen)
    await server.serve_forever()


asyncio.run(main(address(sys.argv[1]), address(sys.argv[2])))
