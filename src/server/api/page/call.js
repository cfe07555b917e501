// call.js: a video visit in a browser: the link, the waiting, the call
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { Seal, codeOf, fromBase64, newKey, newSalt, saltHash, toBase64 } from '/call/seal.js';

const $ = (id) => document.getElementById(id);
const SECTIONS = ['start', 'green', 'lobby', 'call', 'over'];
const ROLES = { clinician: 'Clinician', patient: 'Patient', guardian: 'Guardian', interpreter: 'Interpreter',
                observer: 'Observer' };
const SILENCE_MS = 2500;
const PATIENCE_MS = 6000;
const MAX_CHAT = 4000;

const media = { stream: new MediaStream(), camera: false, microphone: false };
let secret = '';
let guest = null; // {token, room}
let key = null;
let line = null;
let you = null;
let turn = null;
let resume = null;
let last = 0;
let sent = 0;
let unheard = []; // {message, gone}: what the server may not have heard, and whether it was sent at all
let inside = false; // the server answered hello; nothing else may be said before
let over = false;
let retries = 0;
const peers = new Map(); // number: Peer

/** The token this page will have: asking again with it answers again, should the first answer get lost. */
function wish() {
  const kept = JSON.parse(sessionStorage.getItem('wish') || 'null');
  if (kept && kept.secret === secret) return kept.token;
  const token = toBase64(newSalt()).replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
  sessionStorage.setItem('wish', JSON.stringify({ secret, token }));
  return token;
}

function show(section) {
  for (const id of SECTIONS) $(id).hidden = id !== section;
}

function say(text) {
  $('say').textContent = text || '';
}

async function ask(body) {
  const answer = await fetch('/v1/rooms/guests', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error ? json.error.message : 'The server did not answer. Try again.');
  return json;
}

// Camera and microphone: off until a click, and really off then.

async function turnOn(kind) {
  const wanted = kind === 'camera' ? { video: { width: 1280, height: 720 } }
                                   : { audio: { echoCancellation: true, noiseSuppression: true } };
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  for (const track of stream.getTracks()) {
    media.stream.addTrack(track);
    track.addEventListener('ended', () => turnOff(kind));
  }
}

function turnOff(kind) {
  const tracks = kind === 'camera' ? media.stream.getVideoTracks() : media.stream.getAudioTracks();
  for (const track of tracks) {
    track.stop();
    media.stream.removeTrack(track);
  }
  media[kind] = false;
  refresh();
}

async function toggle(kind) {
  if (media[kind]) {
    turnOff(kind);
    return;
  }
  try {
    await turnOn(kind);
    media[kind] = true;
    say('');
  } catch {
    say(`The ${kind} could not be opened. Allow it in your browser, or go on without it.`);
  }
  refresh();
}

function refresh() {
  for (const [id, kind] of [['green-camera', 'camera'], ['camera', 'camera'], ['green-microphone', 'microphone'],
                            ['microphone', 'microphone']]) {
    $(id).textContent = `Turn ${kind} ${media[kind] ? 'off' : 'on'}`;
    $(id).setAttribute('aria-pressed', String(media[kind]));
  }
  $('preview').srcObject = $('own').srcObject = media.stream;
  for (const peer of peers.values()) {
    peer.sendTracks();
    peer.tellState();
  }
}

let meter = null;

function watchLevel() {
  const track = media.stream.getAudioTracks()[0];
  if (!track) {
    $('level').value = 0;
  } else if (!meter || meter.track !== track) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    meter = { track, analyser, bytes: new Uint8Array(analyser.fftSize) };
  } else {
    meter.analyser.getByteTimeDomainData(meter.bytes);
    $('level').value = Math.max(...meter.bytes.map((byte) => Math.abs(byte - 128))) / 128;
  }
  if (!$('green').hidden) setTimeout(watchLevel, 100);
}

// What the clinician asks to record, or records, and what was answered. Each side tells its state whole.
const recording = { by: null, id: '', state: 'no', words: '', answer: '' };

function showRecording() {
  const asked = recording.state !== 'no' && !recording.answer;
  if (asked && $('question').hidden) setTimeout(() => $('question').scrollIntoView(), 0);
  $('question').hidden = !asked;
  $('question-words').textContent = recording.words;
  $('recorded').hidden = recording.state !== 'on';
}

function answerRecording(agrees) {
  if (recording.state === 'no') return;
  if (agrees) recording.answer = 'given';
  else recording.answer = recording.answer === 'given' ? 'withdrawn' : 'declined';
  for (const peer of peers.values()) peer.tellState();
  showRecording();
}

// One other person.

class Peer {
  constructor(number) {
    Object.assign(this, { number, seal: null, keyBytes: null, generation: 0, connection: null, salt: newSalt(),
                          theirHash: null, code: '', work: Promise.resolve(), channel: null, early: [], trouble: 0,
                          started: 0, away: false });
    this.figure = document.createElement('figure');
    this.video = document.createElement('video');
    this.video.autoplay = true;
    this.video.playsInline = true;
    this.caption = document.createElement('figcaption');
    this.figure.append(this.video, this.caption);
    $('others').append(this.figure);
  }

  /** One thing after the other: counters must follow their order. */
  queue(task) {
    this.work = this.work.then(task).catch((problem) => console.warn(problem.message));
    return this.work;
  }

  async take(person) {
    const bytes = fromBase64(person.key);
    const same = this.keyBytes && toBase64(this.keyBytes) === person.key;
    const known = same && this.me === you.n && this.them === person.n;
    this.owner = person.owner;
    this.role = person.role;
    this.away = person.away;
    this.show();
    if (known && this.seal) return;
    // a code was compared for a key: another key has another code
    if (this.keyBytes && !same) Object.assign(this, { salt: newSalt(), theirHash: null, code: '' });
    Object.assign(this, { keyBytes: bytes, me: you.n, them: person.n, number: person.n });
    this.queue(async () => {
      this.seal = await Seal.create(key, bytes, guest.room, this.me, this.them);
      await this.sendHello();
      if (this.offers() && !this.connected) await this.offer(this.generation + 1);
    });
  }

  offers() {
    return you.owner !== this.owner ? you.owner : you.n < this.number;
  }

  show() {
    const word = this.away ? 'connection lost, waiting' : this.connected ? '' : 'connecting';
    this.caption.textContent = [ROLES[this.role] || 'Guest', word].filter(Boolean).join(' · ');
    this.video.setAttribute('aria-label', `Video of the ${(ROLES[this.role] || 'guest').toLowerCase()}`);
    $('codes').textContent = [...peers.values()].filter((peer) => peer.code)
      .map((peer) => `Code with the ${(ROLES[peer.role] || 'guest').toLowerCase()}: ${peer.code.slice(0, 3)} ` +
        `${peer.code.slice(3)}. Read it to each other; if it differs, leave.`).join(' ');
  }

  async sendSealed(generation, inner) {
    const blob = await this.seal.close(generation, JSON.stringify(inner));
    tell({ type: 'sealed', to: this.number, gen: generation, blob });
  }

  async sendHello() {
    await this.sendSealed(0, { kind: 'hello', hash: toBase64(await saltHash(this.salt)) });
  }

  sealed(message) {
    this.queue(async () => {
      if (!this.seal) return;
      const inner = JSON.parse(await this.seal.open(message.gen, message.blob));
      const take = { hello: 'takeHello', salt: 'takeSalt', offer: 'takeOffer', answer: 'takeAnswer',
                     candidate: 'takeCandidate', bye: 'takeBye', chat: 'takeChat', state: 'takeState' }[inner.kind];
      if (take) await this[take](inner, message.gen);
    });
  }

  async takeHello(inner) {
    if (!this.theirHash) {
      this.theirHash = inner.hash;
      await this.sendHello();
    }
    await this.sendSealed(0, { kind: 'salt', salt: toBase64(this.salt) });
  }

  async takeSalt(inner) {
    const salt = fromBase64(inner.salt);
    if (this.code || salt.length !== 32 || toBase64(await saltHash(salt)) !== this.theirHash) return;
    this.code = await codeOf(key.bytes, this.salt, this.keyBytes, salt);
    this.show();
  }

  // A generation is one connection; what fell silent is not mended but made anew.

  connect(generation) {
    const connection = new RTCPeerConnection({
      iceServers: turn ? [{ urls: turn.urls, username: turn.username, credential: turn.credential }] : [],
      iceTransportPolicy: turn && turn.policy === 'relay' ? 'relay' : 'all', bundlePolicy: 'max-bundle' });
    const old = this.connection;
    const stream = new MediaStream();
    this.generation = generation;
    this.connection = connection;
    this.started = performance.now();
    this.early = [];
    connection.addEventListener('icecandidate', (event) => {
      if (event.candidate && event.candidate.candidate)
        this.queue(() => this.sendSealed(generation, { kind: 'candidate', mline: event.candidate.sdpMLineIndex,
                                                       candidate: event.candidate.candidate }));
    });
    connection.addEventListener('track', (event) => {
      stream.addTrack(event.track);
      this.video.srcObject = stream;
    });
    connection.addEventListener('datachannel', (event) => this.takeChannel(event.channel));
    connection.addEventListener('connectionstatechange', () => {
      if (connection !== this.connection) return;
      this.connected = connection.connectionState === 'connected';
      this.trouble = this.connected ? 0 : this.trouble || performance.now();
      if (this.connected) {
        if (old) old.close();
        tell({ type: 'state', state: 'video' });
        this.tellState();
      }
      this.show();
    });
    if (old && !this.connected) old.close();
    this.trouble = 0;
    return connection;
  }

  takeChannel(channel) {
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('open', () => this.tellState());
    channel.addEventListener('message', (event) => {
      try {
        const text = typeof event.data === 'string' ? event.data : new TextDecoder().decode(event.data);
        const inner = JSON.parse(text);
        if (inner.kind === 'chat') this.takeChat(inner);
        else if (inner.kind === 'state') this.takeState(inner);
      } catch (problem) {
        console.warn(problem.message);
      }
    });
  }

  sendTracks() {
    if (!this.connection) return;
    for (const transceiver of this.connection.getTransceivers()) {
      const kind = transceiver.receiver.track.kind;
      const track = media.stream.getTracks().find((one) => one.kind === kind) || null;
      if (transceiver.sender.track !== track) transceiver.sender.replaceTrack(track).catch(() => {});
    }
  }

  async offer(generation) {
    const connection = this.connect(generation);
    connection.addTransceiver('video', { direction: 'sendrecv' });
    connection.addTransceiver('audio', { direction: 'sendrecv' });
    this.takeChannel(connection.createDataChannel('wattle'));
    this.sendTracks();
    await connection.setLocalDescription();
    await this.sendSealed(generation, { kind: 'offer', sdp: connection.localDescription.sdp });
  }

  async takeOffer(inner, generation) {
    if (this.offers() || generation <= this.generation) return;
    const connection = this.connect(generation);
    await connection.setRemoteDescription({ type: 'offer', sdp: inner.sdp });
    for (const transceiver of connection.getTransceivers()) transceiver.direction = 'sendrecv';
    this.sendTracks();
    await connection.setLocalDescription();
    await this.sendSealed(generation, { kind: 'answer', sdp: connection.localDescription.sdp });
  }

  async takeAnswer(inner, generation) {
    if (generation !== this.generation || this.connection.signalingState !== 'have-local-offer') return;
    await this.connection.setRemoteDescription({ type: 'answer', sdp: inner.sdp });
    for (const candidate of this.early.splice(0)) await this.connection.addIceCandidate(candidate);
  }

  async takeCandidate(inner, generation) {
    if (generation !== this.generation || !this.connection) return;
    const candidate = { candidate: String(inner.candidate).replace(/^a=/, ''), sdpMLineIndex: inner.mline };
    if (this.connection.remoteDescription) await this.connection.addIceCandidate(candidate);
    else this.early.push(candidate);
  }

  /** Only the clinician of the visit may ask. */
  takeState(inner) {
    if (!this.owner) return;
    const asks = ['asked', 'on'].includes(inner.recording) && typeof inner.recording_id === 'string';
    if (asks && recording.id !== inner.recording_id)
      Object.assign(recording, { by: this, id: inner.recording_id, words: '', answer: '' });
    if (typeof inner.recording_words === 'string' && inner.recording_words.length <= MAX_CHAT)
      recording.words = inner.recording_words;
    recording.state = asks ? inner.recording : 'no';
    showRecording();
  }

  takeBye() {
    if (recording.by === this) recording.state = 'no';
    showRecording();
    if (this.connection) this.connection.close();
    this.connected = false;
    this.show();
  }

  takeChat(inner) {
    if (typeof inner.text === 'string' && inner.text.length <= MAX_CHAT) addLine(ROLES[this.role] || 'Guest', inner.text);
  }

  sendText(inner) {
    const text = JSON.stringify(inner);
    if (this.channel && this.channel.readyState === 'open') this.channel.send(text);
    else if (this.seal) this.queue(() => this.sendSealed(0, inner));
  }

  tellState() {
    const consent = recording.answer ? { consent: recording.answer, consent_to: recording.id } : {};
    if (this.connected)
      this.sendText({ kind: 'state', microphone: media.microphone, camera: media.camera, screen: false, ...consent });
  }

  needOffer(generation) {
    if (this.offers() && generation > this.generation && generation < this.generation + 200)
      this.queue(() => this.offer(generation));
  }

  /** What has been silent for too long is made anew, by whoever offers. */
  tick() {
    const now = performance.now();
    const slow = !this.connected && this.started && now - this.started > PATIENCE_MS;
    const silent = this.trouble && now - this.trouble > SILENCE_MS;
    if (!this.seal || this.away || !(slow || silent)) return;
    this.trouble = 0;
    this.started = now;
    if (this.offers()) this.queue(() => this.offer(this.generation + 1));
    else tell({ type: 'need-offer', to: this.number, gen: this.generation + 1, why: 'silent' });
  }

  close() {
    if (this.connection) this.connection.close();
    this.figure.remove();
  }
}

function addLine(who, text) {
  const item = document.createElement('li');
  item.textContent = `${who}: ${text}`;
  $('lines').append(item);
  item.scrollIntoView({ block: 'nearest' });
}

// The room.

function isUp() {
  return inside && line.readyState === WebSocket.OPEN;
}

function post(one) {
  one.gone = true;
  line.send(JSON.stringify(one.message));
}

function tell(message) {
  const one = { message: { ...message, seq: ++sent }, gone: false };
  unheard.push(one);
  if (unheard.length > 200) unheard.shift();
  if (isUp()) post(one);
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

function takePeer(person) {
  if (person.n === you.n) return;
  const old = peers.get(person.n) || (person.what !== 'leave' && findAgain(person));
  if (person.what === 'leave') {
    if (old) old.close();
    peers.delete(person.n);
  } else {
    if (!old) peers.set(person.n, new Peer(person.n));
    peers.get(person.n).take(person);
  }
}

const takes = {
  lobby(message) {
    begin(message);
    $('note').textContent = message.note || '';
    show('lobby');
  },
  welcome(message) {
    begin(message);
    show('call');
    const here = new Set(message.peers.map((person) => person.key));
    for (const [number, peer] of peers) {
      if (!here.has(toBase64(peer.keyBytes)) && !peer.connected) {
        peer.close();
        peers.delete(number);
      }
    }
    for (const person of message.peers) takePeer(person);
  },
  note(message) { $('note').textContent = message.note; },
  peer: takePeer,
  'need-offer'(message) { peers.get(message.from)?.needOffer(message.gen); },
  sealed(message) { peers.get(message.from)?.sealed(message); },
  pong(message) {
    resume = message.resume;
    turn = message.turn || turn;
    keep();
  },
  moved(message) {
    guest.room = message.room;
    guest.pass = message.pass;
    resume = null;
  },
  error(message) { say(message.message); },
  bye(message) {
    if (['moved', 'slow', 'failed'].includes(message.why)) return; // the socket closes, and is opened again
    end(message.message);
    $('take').hidden = message.why !== 'elsewhere';
  },
};

function begin(message) {
  you = message.you;
  turn = message.turn || null;
  resume = message.resume;
  retries = 0;
  inside = true;
  say('');
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
  keep();
}

function enter(replace) {
  const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/rooms/${guest.room}/socket`;
  const socket = new WebSocket(address);
  line = socket;
  inside = false;
  socket.addEventListener('open', () => {
    const hello = { type: 'hello', token: guest.token, key: toBase64(key.bytes), suites: ['aesgcm'], client: 'browser',
                    replace: replace === true };
    if (guest.pass) hello.pass = guest.pass;
    if (resume) Object.assign(hello, { resume, last });
    socket.send(JSON.stringify(hello));
  });
  socket.addEventListener('message', (event) => {
    if (socket !== line) return;
    const message = JSON.parse(event.data);
    if (message.seq) {
      if (message.seq <= last) return;
      last = message.seq;
    }
    if (takes[message.type]) takes[message.type](message);
  });
  socket.addEventListener('close', () => {
    if (socket !== line || over) return;
    const wait = Math.min(500 * 2 ** retries++, 8000);
    if (retries > 1) say('The connection to the practice is lost. The call goes on where it can.');
    setTimeout(() => enter(false), wait);
  });
}

/** A page that is loaded again finds its place. */
function keep() {
  sessionStorage.setItem('guest', JSON.stringify({ ...guest, resume }));
}

function end(text) {
  over = true;
  if (line) line.close();
  for (const peer of peers.values()) peer.close();
  peers.clear();
  turnOff('camera');
  turnOff('microphone');
  say(text);
  show('over');
}

function leave() {
  for (const peer of peers.values()) if (peer.seal) peer.queue(() => peer.sendSealed(peer.generation, { kind: 'bye' }));
  Promise.all([...peers.values()].map((peer) => peer.work)).then(() => {
    tell({ type: 'leave' });
    sessionStorage.removeItem('guest');
    end('You have left the visit. You can close this window.');
  });
}

// The link.

async function look() {
  try {
    const about = await ask({ secret, look: true });
    const opens = new Date(about.opens_at);
    $('about').textContent = `${about.practice} invites you to a video visit.` +
      (opens > new Date() ? ` The room opens at ${opens.toLocaleString()}.` : '');
    $('program').href = `wattle://${location.host}/call#${secret}`;
    $('browser').hidden = !about.browser;
    $('ask-code').hidden = true;
    $('ways').hidden = false;
    say(about.browser ? '' : 'This practice holds video visits with the Wattle program alone.');
  } catch (problem) {
    say(problem.message);
    $('ask-code').hidden = false;
  }
}

function begunBefore() {
  try {
    return JSON.parse(sessionStorage.getItem('guest'));
  } catch {
    return null;
  }
}

function start() {
  secret = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  show('start');
  guest = secret ? null : begunBefore();
  if (guest && guest.token) {
    resume = guest.resume || null;
    show('green');
    watchLevel();
  } else if (secret) {
    look();
  } else {
    $('ask-code').hidden = false;
  }
}

async function makeReady() {
  if (!window.RTCPeerConnection || !window.crypto || !crypto.subtle) throw new Error('old');
  key = await newKey();
}

$('check').addEventListener('click', () => {
  secret = $('code').value.trim();
  if (secret) look();
});

$('browser').addEventListener('click', async () => {
  try {
    await makeReady();
  } catch {
    say('This browser is too old for a private call. Update it, or open the link in Wattle.');
    return;
  }
  try {
    guest = await ask({ secret, browser: true, token: wish() });
    sessionStorage.removeItem('wish');
    keep();
    show('green');
    watchLevel();
  } catch (problem) {
    say(problem.message);
  }
});

$('join').addEventListener('click', async () => {
  if (!key) await makeReady();
  show('lobby');
  enter(false);
});

$('take').addEventListener('click', () => {
  over = false;
  enter(true);
});

$('agree').addEventListener('click', () => answerRecording(true));
for (const id of ['decline', 'withdraw']) $(id).addEventListener('click', () => answerRecording(false));
for (const [id, kind] of [['green-camera', 'camera'], ['camera', 'camera'], ['green-microphone', 'microphone'],
                          ['microphone', 'microphone']]) $(id).addEventListener('click', () => toggle(kind));
$('leave').addEventListener('click', leave);
$('lobby-leave').addEventListener('click', leave);

function sendLine() {
  const text = $('line').value.trim();
  const there = [...peers.values()].filter((peer) => peer.seal && !peer.away);
  if (!text) return;
  if (!there.length) {
    say('Nobody else is here to read it. It was not sent; send it again when somebody is.');
    return;
  }
  for (const peer of there) peer.sendText({ kind: 'chat', text });
  addLine('You', text);
  $('line').value = '';
}

$('send').addEventListener('click', sendLine);
$('line').addEventListener('keydown', (event) => { if (event.key === 'Enter') sendLine(); });
setInterval(() => { for (const peer of peers.values()) peer.tick(); }, 500);
setInterval(() => {
  if (!over && line && isUp()) line.send(JSON.stringify({ type: 'ping', turn: true }));
}, 60000);
start();
