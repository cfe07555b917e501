// seal.js: what a browser and another device tell each other so that the server between them cannot read it
//
// The counterpart of src/telehealth/sealing.h, suite "aesgcm".
//
// SPDX-License-Identifier: GPL-3.0-or-later
const SUITE = 2;
const HEAD = 9;
const NONCE = 12;
const LABEL_SEAL = 'wattle call seal 1';
const LABEL_SALT = 'wattle call salt 1';
const LABEL_CODE = 'wattle call code 1';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function toBase64(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function join(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function isLower(a, b) {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i];
  return true;
}

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));
}

/** A pair of keys for one stay in a room. */
export async function newKey() {
  const pair = await crypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits']);
  const bytes = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { secret: pair.privateKey, bytes, text: toBase64(bytes) };
}

export function newSalt() {
  return crypto.getRandomValues(new Uint8Array(32));
}

export function saltHash(salt) {
  return sha256(encoder.encode(LABEL_SALT), salt);
}

/** Six digits that both sides see, if nobody stands between. */
export async function codeOf(key, salt, otherKey, otherSalt) {
  const [low, high] = isLower(key, otherKey) ? [[key, salt], [otherKey, otherSalt]] : [[otherKey, otherSalt], [key, salt]];
  const digest = await sha256(encoder.encode(LABEL_CODE), low[0], high[0], low[1], high[1]);
  const number = new DataView(digest.buffer).getBigUint64(0) % 1000000n;
  return number.toString().padStart(6, '0');
}

/** Seals to one person of a room and opens what they sealed. */
export class Seal {
  static async create(own, theirs, room, me, them) {
    const self = new Seal();
    const theirKey = await crypto.subtle.importKey('raw', theirs, { name: 'X25519' }, false, []);
    const shared = await crypto.subtle.deriveBits({ name: 'X25519', public: theirKey }, own.secret, 256);
    const mac = await crypto.subtle.importKey('raw', shared, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const [low, high] = isLower(own.bytes, theirs) ? [own.bytes, theirs] : [theirs, own.bytes];
    const key = await crypto.subtle.sign('HMAC', mac, join(encoder.encode(LABEL_SEAL), low, high));
    self.key = await crypto.subtle.importKey('raw', key, { name: 'AES-GCM' }, false, ['encrypt', 'decrypt']);
    Object.assign(self, { room, me, them, sent: 0n, seen: 0n });
    return self;
  }

  binding(from, to, generation, counter) {
    return encoder.encode(`${LABEL_SEAL}\n${this.room}\n${from}\n${to}\n${generation}\n${counter}\n`);
  }

  async close(generation, text) {
    const counter = ++this.sent;
    const head = new Uint8Array(HEAD);
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    head[0] = SUITE;
    new DataView(head.buffer).setBigUint64(1, counter);
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv: nonce, additionalData: this.binding(this.me, this.them, generation, counter) },
      this.key, encoder.encode(text));
    return toBase64(join(head, nonce, new Uint8Array(sealed)));
  }

  /** The text; throws for anything that they did not seal for us, here and now. */
  async open(generation, blob) {
    const bytes = fromBase64(blob);
    const counter = new DataView(bytes.buffer).getBigUint64(1);
    if (bytes[0] !== SUITE || counter <= this.seen) throw new Error('refused');
    const text = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: bytes.subarray(HEAD, HEAD + NONCE),
        additionalData: this.binding(this.them, this.me, generation, counter) },
      this.key, bytes.subarray(HEAD + NONCE));
    this.seen = counter;
    return decoder.decode(text);
  }
}
