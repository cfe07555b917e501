// pouch-server.mjs FOLDER [FILE]: express-pouchdb over LevelDB, its database "practice" filled with FILE's records
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const PouchDB = require('pouchdb');
const express = require('express');
const [folder, file] = process.argv.slice(2);
const Practice = PouchDB.defaults({ prefix: folder + '/' });
const practice = new Practice('practice');

if (file) {
  let batch = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const record = JSON.parse(line);
    batch.push({ ...record, _id: record.id });
    if (batch.length === 2000) await practice.bulkDocs(batch.splice(0));
  }
  await practice.bulkDocs(batch);
}
const app = express();
app.use('/', require('express-pouchdb')(Practice, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: folder + '/log' }));
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
