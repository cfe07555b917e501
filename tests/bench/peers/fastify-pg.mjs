// fastify-pg.mjs URI: a durable booking with its audit row through fastify and node-postgres
//
// SPDX-License-Identifier: GPL-3.0-or-later
import pg from 'pg';
import { TOKEN, digest, serve } from './booking.mjs';

const [uri] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: uri, max: 16 });
await pool.query(`
  CREATE EXTENSION IF NOT EXISTS btree_gist;
  DROP TABLE IF EXISTS session, appointment, audit;
  CREATE TABLE session (token bytea PRIMARY KEY, who text NOT NULL);
  CREATE TABLE appointment (id text PRIMARY KEY, patient text, practitioner text, location text, status text,
    modality text, zone text, reason text, starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    EXCLUDE USING gist (practitioner WITH =, tstzrange(starts_at, ends_at) WITH &&));
  CREATE INDEX ON appointment (practitioner, starts_at);
  CREATE TABLE audit (n bigserial PRIMARY KEY, at timestamptz NOT NULL, who text, action text, object text);`);
await pool.query('INSERT INTO session VALUES ($1, $2)', [digest(TOKEN), 'mara']);

const statement = (name, text) => (client, values) => client.query({ name, text, values });
const session = statement('session', 'SELECT who FROM session WHERE token = $1');
const lock = statement('lock', 'SELECT pg_advisory_xact_lock(hashtext($1))');
const insert = statement('insert', 'INSERT INTO appointment VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)');
const audit = statement('audit', 'INSERT INTO audit (at, who, action, object) VALUES (now(), $1, $2, $3)');

await serve(async (a, token) => {
  const found = await session(pool, [digest(token)]);
  if (!found.rows.length) throw Object.assign(new Error('sign in'), { statusCode: 401 });
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await lock(client, [a.practitioner]);
    await insert(client, [a.id, a.patient, a.practitioner, a.location, a.status, a.modality, a.zone, a.reason,
      a.starts_at, a.ends_at]);
    await audit(client, [found.rows[0].who, 'appointment.book', a.id]);
    await client.query('COMMIT');
    return a;
  } catch (error) {
    await client.query('ROLLBACK');
    if (error.code === '23P01') return null;
    throw error;
  } finally {
    client.release();
  }
});
