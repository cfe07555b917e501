// peer.js: one other person of the call: what is sealed to them, and the connection that is kept alive
//
// The clinician of the visit offers to all, of two others the lower number. A connection that fell silent is not mended
// but made anew: each attempt is a generation.
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { probe, tell } from '/call/line.js';
import { media } from '/call/media.js';
import { $, addLine } from '/call/page.js';
import { consent, dropRecording, takeRecording } from '/call/recording.js';
import { Seal, codeOf, fromBase64, newSalt, saltHash, toBase64 } from '/call/seal.js';
import { peers, stay } from '/call/stay.js';

const ROLES = { clinician: 'Clinician', patient: 'Patient', guardian: 'Guardian', interpreter: 'Interpreter',
                observer: 'Observer' };
const PATIENCE_MS = 6000; // for one generation
const SILENCE_MS = 3000; // a program sends sound and pictures all the time, if only black ones
const MAX_CHAT = 4000;
const MAX_LEAP = 200; // of generations
const TAKES = { hello: 'takeHello', salt: 'takeSalt', offer: 'takeOffer', answer: 'takeAnswer',
                candidate: 'takeCandidate', bye: 'takeBye', chat: 'takeChat', state: 'takeState' };

let changed = () => {};

/** Who wants to know when something to show is different. */
export function onChange(listener) {
  changed = listener;
}

export class Peer {
  constructor(number) {
    Object.assign(this, { number, role: '', owner: false, away: false, seal: null, keyBytes: null, salt: newSalt(),
                          theirHash: null, code: '', work: Promise.resolve() });
    // the newest attempt, the one that carries picture and sound, and since when none does
    Object.assign(this, { generation: 0, connection: null, live: null, channel: null, early: [],
                          started: performance.now(), connected: false, lost: performance.now(),
                          heard: { bytes: 0, at: 0 } });
    Object.assign(this, { camera: true, microphone: true });
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

  take(person) {
    const same = this.keyBytes && toBase64(this.keyBytes) === person.key;
    const known = same && this.me === stay.you.n && this.them === person.n;
    Object.assign(this, { owner: person.owner, role: person.role, away: person.away,
                          native: person.client !== 'browser' });
    this.show();
    if (known && this.seal) return;
    // a code was compared for a key: another key has another code
    if (this.keyBytes && !same) Object.assign(this, { salt: newSalt(), theirHash: null, code: '' });
    Object.assign(this, { keyBytes: fromBase64(person.key), me: stay.you.n, them: person.n, number: person.n });
    this.queue(async () => {
      this.seal = await Seal.create(stay.key, this.keyBytes, stay.guest.room, this.me, this.them);
      await this.sendHello();
      if (this.offers() && !this.connected) await this.offer(this.generation + 1);
    });
  }

  offers() {
    return stay.you.owner !== this.owner ? stay.you.owner : stay.you.n < this.number;
  }

  get name() {
    return ROLES[this.role] || 'Guest';
  }

  show() {
    const words = !this.connected ? [] : [this.camera ? '' : 'camera off', this.microphone ? '' : 'microphone off'];
    this.caption.textContent = [this.name, this.away ? 'connection lost, waiting' : '', ...words].filter(Boolean)
      .join(' · ');
    this.video.setAttribute('aria-label', `Video of the ${this.name.toLowerCase()}`);
    changed();
  }

  // What is sealed, and goes by the server.

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
      const take = TAKES[inner.kind];
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
    this.code = await codeOf(stay.key.bytes, this.salt, this.keyBytes, salt);
    this.show();
  }

  // One attempt to connect.

  connect(generation) {
    const { turn } = stay;
    const connection = new RTCPeerConnection({
      iceServers: turn ? [{ urls: turn.urls, username: turn.username, credential: turn.credential }] : [],
      iceTransportPolicy: turn && turn.policy === 'relay' ? 'relay' : 'all', bundlePolicy: 'max-bundle' });
    connection.stream = new MediaStream();
    if (this.connection && this.connection !== this.live) this.connection.close();
    Object.assign(this, { generation, connection, early: [], started: performance.now() });
    connection.addEventListener('icecandidate', (event) => {
      if (event.candidate && event.candidate.candidate)
        this.queue(() => this.sendSealed(generation, { kind: 'candidate', mline: event.candidate.sdpMLineIndex,
                                                       candidate: event.candidate.candidate }));
    });
    connection.addEventListener('track', (event) => connection.stream.addTrack(event.track));
    connection.addEventListener('datachannel', (event) => this.takeChannel(connection, event.channel));
    connection.addEventListener('connectionstatechange', () => {
      if (connection === this.connection && connection.connectionState === 'connected') this.goLive(connection);
      else if (connection === this.live) this.setConnected(connection.connectionState === 'connected');
    });
    return connection;
  }

  /** The old one is seen for as long as there is no new one. */
  goLive(connection) {
    if (this.live && this.live !== connection) this.live.close();
    this.live = connection;
    if (this.video.srcObject !== connection.stream) this.video.srcObject = connection.stream;
    this.heard = { bytes: 0, at: performance.now() };
    this.setConnected(true);
    tell({ type: 'state', state: 'video' });
  }

  setConnected(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.lost = connected ? 0 : performance.now();
    this.tellState();
    this.show();
  }

  takeChannel(connection, channel) {
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('open', () => {
      if (connection !== this.connection) return;
      this.channel = channel;
      this.tellState();
    });
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
    for (const connection of new Set([this.connection, this.live]))
      for (const transceiver of connection ? connection.getTransceivers() : []) {
        const kind = transceiver.receiver.track.kind;
        const track = media.stream.getTracks().find((one) => one.kind === kind) || null;
        if (transceiver.sender.track !== track) transceiver.sender.replaceTrack(track).catch(() => {});
      }
  }

  async offer(generation) {
    const connection = this.connect(generation);
    connection.addTransceiver('video', { direction: 'sendrecv' });
    connection.addTransceiver('audio', { direction: 'sendrecv' });
    this.takeChannel(connection, connection.createDataChannel('wattle'));
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
    if (generation !== this.generation || this.connection?.signalingState !== 'have-local-offer') return;
    await this.connection.setRemoteDescription({ type: 'answer', sdp: inner.sdp });
    for (const candidate of this.early.splice(0)) await this.connection.addIceCandidate(candidate);
  }

  async takeCandidate(inner, generation) {
    if (generation !== this.generation || !this.connection) return;
    const candidate = { candidate: String(inner.candidate).replace(/^a=/, ''), sdpMLineIndex: inner.mline };
    if (this.connection.remoteDescription) await this.connection.addIceCandidate(candidate);
    else this.early.push(candidate);
  }

  takeBye() {
    dropRecording(this);
    this.disconnect();
    this.show();
  }

  needOffer(generation) {
    if (this.offers() && generation > this.generation && generation < this.generation + MAX_LEAP)
      this.queue(() => this.offer(generation));
  }

  // What they say, and what one says to them.

  takeChat(inner) {
    if (typeof inner.text === 'string' && inner.text.length <= MAX_CHAT) addLine(this.name, inner.text);
  }

  takeState(inner) {
    Object.assign(this, { camera: inner.camera === true || inner.screen === true, microphone: inner.microphone === true });
    takeRecording(this, inner);
    this.show();
  }

  /** Over the connection while it works, else by the server. */
  sendChat(text) {
    const inner = { kind: 'chat', text };
    if (this.connected && this.channel && this.channel.readyState === 'open') this.channel.send(JSON.stringify(inner));
    else this.queue(() => this.sendSealed(0, inner));
  }

  /** Over the connection alone, and anew with each: so no old answer ever comes after a newer one. */
  tellState() {
    if (!this.connected || !this.channel || this.channel.readyState !== 'open') return;
    this.channel.send(JSON.stringify({ kind: 'state', microphone: media.microphone, camera: media.camera,
                                       screen: false, ...consent() }));
  }

  // The watch.

  /** Whether bytes still come: a program is never silent. */
  async listen(now) {
    const { live } = this;
    if (!live || !this.native) return;
    let bytes = 0;
    for (const one of (await live.getStats()).values()) if (one.type === 'transport') bytes += one.bytesReceived;
    if (live !== this.live) return;
    if (bytes !== this.heard.bytes) {
      this.heard = { bytes, at: now };
      if (live.connectionState === 'connected') this.setConnected(true);
    } else if (this.connected && now - this.heard.at > SILENCE_MS) {
      this.setConnected(false);
      probe();
    }
  }

  /** What has been silent for too long is made anew, by whoever offers. */
  tick() {
    const now = performance.now();
    this.listen(now).catch(() => {});
    if (this.connected || !this.seal || this.away || now - this.started < PATIENCE_MS) return;
    this.started = now;
    if (this.offers()) this.queue(() => this.offer(this.generation + 1));
    else tell({ type: 'need-offer', to: this.number, gen: this.generation + 1, why: 'silent' });
  }

  disconnect() {
    for (const connection of [this.connection, this.live]) if (connection) connection.close();
    Object.assign(this, { connection: null, live: null, connected: false, lost: performance.now() });
  }

  close() {
    dropRecording(this);
    this.disconnect();
    this.figure.remove();
  }
}

setInterval(() => { for (const peer of peers.values()) peer.tick(); }, 1000);
