// booking.mjs: what the peers of node share: an appointment checked, and a port printed
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { createHash } from 'node:crypto';
import Fastify from 'fastify';

export const TOKEN = 'a-token-of-the-benchmark';
export const digest = (text) => createHash('blake2b512').update(text).digest();

const appointment = {
  type: 'object',
  required: ['id', 'patient', 'practitioner', 'location', 'starts_at', 'ends_at'],
  properties: {
    id: { type: 'string', maxLength: 26 },
    patient: { type: 'string', maxLength: 26 },
    practitioner: { type: 'string', maxLength: 26 },
    location: { type: 'string', maxLength: 26 },
    status: { type: 'string', enum: ['booked', 'arrived', 'completed'] },
    modality: { type: 'string', enum: ['in_person', 'video', 'phone'] },
    zone: { type: 'string', maxLength: 64 },
    reason: { type: 'string', maxLength: 1000 },
    starts_at: { type: 'string', maxLength: 40 },
    ends_at: { type: 'string', maxLength: 40 },
  },
};

/** Serves POST /appointments through book(body, token), which answers the row, null for an overlap, or throws. */
export async function serve(book) {
  const app = Fastify({ logger: false });
  app.post('/appointments', { schema: { body: appointment } }, async (request, reply) => {
    const row = await book(request.body, (request.headers.authorization ?? '').slice(7));
    return row ? reply.code(201).send(row) : reply.code(409).send({ error: 'conflict' });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  console.log(app.server.address().port);
}
