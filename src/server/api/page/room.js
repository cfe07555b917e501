// room.js: the stay in the room: who comes and goes, how it stands, and how it ends
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { enter, hangUp, isDown, isUp, tell } from '/call/line.js';
import { turnOff } from '/call/media.js';
import { $, addLine, say, show, showState } from '/call/page.js';
import { Peer, onChange } from '/call/peer.js';
import { newKey, toBase64 } from '/call/seal.js';
import { forget, peers, stay } from '/call/stay.js';

const TELEPHONE_AFTER_MS = 30000;
const GOODBYE_MS = 2000;
const TAKE_OVER = ['elsewhere', 'replaced'];
const COME_AGAIN = ['full', 'locked', 'denied', 'removed', 'early', 'left'];

function connectionState() {
  const there = [...peers.values()];
  const lost = there.filter((peer) => !peer.connected);
  if (!there.length) return 'Nobody else is in the room just now. Please stay.';
  if (!lost.length) return '';
  if (lost.some((peer) => peer.lost && performance.now() - peer.lost > TELEPHONE_AFTER_MS) && stay.practice.phone)
    return `The connection does not come back yet. This page keeps trying; you can also call ${stay.practice.phone}.`;
  return lost.some((peer) => peer.live) ? 'The connection was lost. Trying again…' : 'Connecting…';
}

function refresh() {
  $('codes').textContent = [...peers.values()].filter((peer) => peer.code)
    .map((peer) => `Code with the ${peer.name.toLowerCase()}: ${peer.code.slice(0, 3)} ${peer.code.slice(3)}. ` +
      'Read it to each other; if it differs, leave.').join(' ');
  if (stay.over || !(stay.key && stay.guest)) showState('');
  else if (isDown()) showState('The practice’s server does not answer just now. This page keeps trying; a call goes on.');
  else if (!$('lobby').hidden && !isUp()) showState('Asking the practice…');
  else showState($('call').hidden ? '' : connectionState());
}

/** Somebody whose number changed while they were away is who they were. */
function findAgain(person) {
  for (const [number, peer] of peers) {
    if (number === person.n || !peer.keyBytes || toBase64(peer.keyBytes) !== person.key) continue;
    peers.delete(number);
    peers.set(person.n, peer);
    return peer;
  }
  return null;
}

function drop(number) {
  const peer = peers.get(number);
  if (peer) peer.close();
  peers.delete(number);
  refresh();
}

function takePeer(person) {
  if (person.n === stay.you.n) return;
  if (person.what === 'leave') {
    drop(person.n);
    return;
  }
  if (!peers.has(person.n) && !findAgain(person)) peers.set(person.n, new Peer(person.n));
  peers.get(person.n).take(person);
}

function end(text, why) {
  hangUp();
  for (const number of [...peers.keys()]) drop(number);
  turnOff('camera');
  turnOff('microphone');
  $('again').hidden = !TAKE_OVER.includes(why) && !COME_AGAIN.includes(why);
  $('again').textContent = TAKE_OVER.includes(why) ? 'Go on here' : 'Join again';
  show('over');
  refresh();
  say(text);
}

const TAKES = {
  line: refresh,
  lobby(message) {
    $('note').textContent = message.note || '';
    $('known').hidden = false;
    show('lobby');
    say('');
    refresh();
  },
  welcome(message) {
    show('call');
    say('');
    const here = new Set(message.peers.map((person) => person.key));
    for (const [number, peer] of peers)
      if (!here.has(toBase64(peer.keyBytes)) && !peer.connected) drop(number);
    for (const person of message.peers) takePeer(person);
    refresh();
  },
  note(message) { $('note').textContent = message.note; },
  peer: takePeer,
  'need-offer'(message) { peers.get(message.from)?.needOffer(message.gen); },
  sealed(message) { peers.get(message.from)?.sealed(message); },
  error(message) { if (message.for !== 'need-offer' && message.for !== 'sealed') say(message.message); },
  bye(message) {
    if (['moved', 'slow', 'failed'].includes(message.why)) return; // the socket closes, and is opened again
    end(message.message, message.why);
  },
};

function listen(message) {
  if (Object.hasOwn(TAKES, message.type)) TAKES[message.type](message);
}

/** What a page needs to join at all; throws where it has it not. */
export async function makeReady() {
  if (!window.RTCPeerConnection || !window.crypto || !crypto.subtle) throw new Error('old');
  stay.key = await newKey();
}

export async function join(options) {
  await makeReady();
  $('known').hidden = true;
  show('lobby');
  enter(listen, options);
  refresh();
}

export async function leave() {
  for (const peer of peers.values())
    if (peer.seal) peer.queue(() => peer.sendSealed(peer.generation, { kind: 'bye' }));
  const said = Promise.all([...peers.values()].map((peer) => peer.work));
  await Promise.race([said, new Promise((done) => { setTimeout(done, GOODBYE_MS); })]);
  tell({ type: 'leave' });
  forget();
  end('You have left the visit. You can close this window.', 'left');
}

export function sendLine() {
  const text = $('line').value.trim();
  const there = [...peers.values()].filter((peer) => peer.seal && !peer.away);
  if (!text) return;
  if (!there.length) {
    say('Nobody else is here to read it. It was not sent; send it again when somebody is.');
    return;
  }
  for (const peer of there) peer.sendChat(text);
  addLine('You', text);
  $('line').value = '';
}

onChange(refresh);
setInterval(refresh, 2000);
