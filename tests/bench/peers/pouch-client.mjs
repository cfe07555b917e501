// pouch-client.mjs: PouchDB as the client of a practice
//
// first URL FOLDER: pulls the whole database; prints seconds and documents.
// push URL FOLDER N: pulls, edits N documents offline, pushes them; prints seconds of the push.
// gain URL FOLDER FILE: pulls the documents whose ids FILE names, a line each; prints seconds and documents.
// change URL FOLDER N: prints N lines: milliseconds from a write here until another live client has it.
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const PouchDB = createRequire(import.meta.url)('pouchdb');
const [what, url, folder, count] = process.argv.slice(2);
const remote = url + '/practice';
const options = { batch_size: 1000, batches_limit: 4 };
const now = () => performance.now();

if (what === 'first') {
  const local = new PouchDB(folder + '/first');
  const start = now();
  const answer = await local.replicate.from(remote, options);
  console.log((now() - start) / 1000, answer.docs_written);
} else if (what === 'push') {
  const local = new PouchDB(folder + '/push');
  await local.replicate.from(remote, options);
  const { rows } = await local.allDocs({ include_docs: true, limit: Number(count) });
  for (const { doc } of rows) await local.put({ ...doc, comment: 'edited at ' + Date.now() });
  const start = now();
  const answer = await local.replicate.to(remote, options);
  console.log((now() - start) / 1000, answer.docs_written);
} else if (what === 'gain') {
  const local = new PouchDB(folder + '/gain');
  const doc_ids = readFileSync(count, 'utf8').trim().split('\n');
  const start = now();
  const answer = await local.replicate.from(remote, { ...options, doc_ids });
  console.log((now() - start) / 1000, answer.docs_written);
} else {
  const one = new PouchDB(folder + '/one'), two = new PouchDB(folder + '/two');
  one.sync(remote, { live: true, retry: true });
  const seen = new Map();
  two.sync(remote, { live: true, retry: true });
  two.changes({ since: 'now', live: true }).on('change', ({ id }) => seen.get(id)?.(now()));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  for (let i = 0; i < Number(count); i++) {
    const id = 'change-' + process.pid + '-' + i;
    const start = now();
    const heard = new Promise((resolve) => seen.set(id, resolve));
    await one.put({ _id: id, type: 'patient', given_names: 'Matilda', family_name: 'Sørensen', status: 'active' });
    console.log((await heard) - start);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
process.exit(0);
