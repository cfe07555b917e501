// ws.mjs: sockets that hear of every write, through npm's ws: the peer of GET /events
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

let head = 0;
const server = createServer((request, response) => {
  const poke = JSON.stringify({ poke: ++head });
  for (const socket of sockets.clients) socket.send(poke);
  response.end('done');
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => socket.on('message', () => socket.send(JSON.stringify({ poke: head }))));
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => console.log(server.address().port));
