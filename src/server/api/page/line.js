// line.js: the line to the room: what is said arrives once and in order, however often the line breaks
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { keep, stay } from '/call/stay.js';

const PING_MS = 2000;
const DEAF_MS = 6000;
const PROBE_MS = 2000;
const OPEN_MS = 5000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const CREDENTIALS_MS = 60000;
const MOST_UNHEARD = 200;

let take = () => {}; // what the server says
let socket = null;
let inside = false; // the server answered hello; nothing else may be said before
let resume = null;
let last = 0;
let sent = 0;
let unheard = []; // {message, gone}: what the server may not have heard, and whether it was sent at all
let retries = 0;
let timer = 0; // to give up on a socket that does not open, or to open the next
let asked = 0; // when the ping was sent that has no answer
let patience = DEAF_MS;
let renewed = 0; // the credentials of the relay

export function isUp() {
  return inside && socket.readyState === WebSocket.OPEN;
}

/** Whether it has been away for so long that a person should know. */
export function isDown() {
  return !stay.over && socket !== null && !inside && retries > 1;
}

function post(one) {
  one.gone = true;
  socket.send(JSON.stringify(one.message));
}

export function tell(message) {
  const one = { message: { ...message, seq: ++sent }, gone: false };
  unheard.push(one);
  if (unheard.length > MOST_UNHEARD) unheard.shift();
  if (isUp()) post(one);
}

/** The server let one in, or lets one wait: what it did not hear is said again. */
function begin(message) {
  Object.assign(stay, { you: message.you, turn: message.turn || null });
  resume = message.resume;
  retries = 0;
  inside = true;
  if (message.fresh) {
    last = 0;
    sent = 0;
    // what was under way is asked for again by whoever misses it; what nobody could hear yet is said now
    unheard = unheard.filter((one) => !one.gone);
    for (const one of unheard) one.message.seq = ++sent;
  } else {
    unheard = unheard.filter((one) => one.message.seq > message.heard);
  }
  for (const one of unheard) post(one);
  keep(resume);
}

function hear(message) {
  if (message.seq) {
    if (message.seq <= last) return;
    last = message.seq;
  }
  if (message.type === 'lobby' || message.type === 'welcome') {
    begin(message);
  } else if (message.type === 'pong') {
    resume = message.resume;
    stay.turn = message.turn || stay.turn;
    keep(resume);
  } else if (message.type === 'moved') {
    Object.assign(stay.guest, { room: message.room, pass: message.pass });
    resume = null;
  }
  take(message);
}

function hello(replace) {
  const { guest, key } = stay;
  return { type: 'hello', token: guest.token, key: key.text, suites: ['aesgcm'], client: 'browser', replace,
           ...(guest.pass ? { pass: guest.pass } : {}), ...(resume ? { resume, last } : {}) };
}

function drop() {
  const old = socket;
  clearTimeout(timer);
  inside = false;
  asked = 0;
  socket = null;
  if (old) old.close();
}

function open(replace = false) {
  drop();
  const { protocol, host } = location;
  const mine = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/v1/rooms/${stay.guest.room}/socket`);
  socket = mine;
  timer = setTimeout(() => again(mine), OPEN_MS);
  mine.addEventListener('open', () => mine.send(JSON.stringify(hello(replace))));
  mine.addEventListener('message', (event) => {
    if (mine !== socket) return;
    clearTimeout(timer);
    asked = 0;
    hear(JSON.parse(event.data));
  });
  mine.addEventListener('close', () => again(mine));
}

/** The next attempt, later each time, and not all pages at once. */
function again(mine) {
  if (mine !== socket || stay.over) return;
  const wait = Math.min(FIRST_WAIT_MS * 2 ** retries++, LONGEST_WAIT_MS) * (0.75 + Math.random() / 2);
  clearTimeout(timer);
  inside = false;
  mine.close();
  timer = setTimeout(open, wait);
  take({ type: 'line' });
}

function ping(now) {
  const turn = now - renewed > CREDENTIALS_MS;
  if (turn) renewed = now;
  asked = asked || now;
  socket.send(JSON.stringify({ type: 'ping', turn }));
}

/** A line that went silent is no line, though nobody said so: the other address it came from may be gone. */
function tick() {
  const now = performance.now();
  if (!isUp()) return;
  if (asked && now - asked > patience) again(socket);
  else if (!asked) {
    patience = DEAF_MS;
    ping(now);
  }
}

/** Something else fell silent: whether the line did, too, is not waited for. */
export function probe() {
  if (!isUp() || patience === PROBE_MS) return;
  patience = PROBE_MS;
  asked = 0;
  ping(performance.now());
}

/** Enters the room; `seat` is the server's word for a place one had. */
export function enter(listener, { replace = false, seat = null } = {}) {
  take = listener;
  stay.over = false;
  if (seat) resume = seat;
  if (replace) {
    resume = null;
    last = sent = 0;
    unheard = [];
  }
  retries = 0;
  open(replace);
}

export function hangUp() {
  stay.over = true;
  drop();
}

setInterval(tick, PING_MS);
window.addEventListener('online', () => { if (socket && !stay.over) open(); });
