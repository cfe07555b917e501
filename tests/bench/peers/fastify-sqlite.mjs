// fastify-sqlite.mjs FILE: a durable booking with its audit row through fastify and better-sqlite3
//
// SPDX-License-Identifier: GPL-3.0-or-later
import Database from 'better-sqlite3';
import { TOKEN, digest, serve } from './booking.mjs';

const db = new Database(process.argv[2]);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE session (token BLOB PRIMARY KEY, user TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE appointment (id TEXT PRIMARY KEY, patient TEXT, practitioner TEXT, location TEXT, status TEXT,
    modality TEXT, zone TEXT, reason TEXT, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX diary ON appointment (practitioner, starts_at, ends_at);
  CREATE TABLE audit (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, user TEXT, action TEXT, object TEXT, hash BLOB);`);
db.prepare('INSERT INTO session VALUES (?, ?)').run(digest(TOKEN), 'mara');
const session = db.prepare('SELECT user FROM session WHERE token = ?').pluck();
const before = db.prepare(`SELECT ends_at FROM appointment WHERE practitioner = ? AND starts_at < ?
  ORDER BY starts_at DESC LIMIT 1`).pluck();
const insert = db.prepare('INSERT INTO appointment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
const audit = db.prepare('INSERT INTO audit (at, user, action, object, hash) VALUES (?, ?, ?, ?, ?)');
let last = Buffer.alloc(64);

const book = db.transaction((a, user) => {
  const starts = Date.parse(a.starts_at), ends = Date.parse(a.ends_at);
  if (before.get(a.practitioner, ends) > starts) return null;
  insert.run(a.id, a.patient, a.practitioner, a.location, a.status, a.modality, a.zone, a.reason ?? null, starts, ends);
  const row = [Date.now(), user, 'appointment.book', a.id];
  const hash = digest(last.toString('hex') + JSON.stringify(row));
  audit.run(...row, hash);
  return { hash, row: a };
}).immediate;

await serve((body, token) => {
  const user = session.get(digest(token));
  if (!user) throw Object.assign(new Error('sign in'), { statusCode: 401 });
  const done = book(body, user);
  if (done) last = done.hash;
  return done && done.row;
});
