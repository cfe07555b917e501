// media.js: camera and microphone: off until a click, and really off then
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { $, say } from '/call/page.js';
import { peers } from '/call/stay.js';

const WANTED = { camera: { video: { width: { ideal: 1280 }, height: { ideal: 720 } } },
                 microphone: { audio: { echoCancellation: true, noiseSuppression: true } } };
const WITHOUT = { camera: 'You can go on without it: you hear and are heard, and you can write.',
                  microphone: 'You can go on without it: you see and are seen, and you can write.' };

export const media = { stream: new MediaStream(), camera: false, microphone: false };
let meter = null;

function tracksOf(kind) {
  return kind === 'camera' ? media.stream.getVideoTracks() : media.stream.getAudioTracks();
}

/** Why it could not be opened, for a person. */
function problemOf(kind, name) {
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return `This browser does not let the page use the ${kind}. Allow it beside the address of the page, then try ` +
           `again. ${WITHOUT[kind]}`;
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return `No ${kind} was found. Connect one, then try again. ${WITHOUT[kind]}`;
  if (name === 'NotReadableError' || name === 'AbortError')
    return `The ${kind} does not start: another program may be using it. Close that, then try again. ${WITHOUT[kind]}`;
  return `The ${kind} could not be opened. ${WITHOUT[kind]}`;
}

async function turnOn(kind) {
  if (!navigator.mediaDevices) throw new DOMException('', 'NotAllowedError');
  const stream = await navigator.mediaDevices.getUserMedia(WANTED[kind]);
  for (const track of stream.getTracks()) {
    media.stream.addTrack(track);
    track.addEventListener('ended', () => {
      turnOff(kind);
      say(`The ${kind} has stopped: it was unplugged, or the browser took it away. ${WITHOUT[kind]}`);
    });
  }
  media[kind] = true;
}

export function turnOff(kind) {
  for (const track of tracksOf(kind)) {
    track.stop();
    media.stream.removeTrack(track);
  }
  media[kind] = false;
  refresh();
}

export async function toggle(kind) {
  if (media[kind]) {
    turnOff(kind);
    return;
  }
  try {
    await turnOn(kind);
    say('');
  } catch (problem) {
    say(problemOf(kind, problem.name));
  }
  refresh();
}

function refresh() {
  for (const kind of ['camera', 'microphone'])
    for (const id of [kind, `green-${kind}`]) {
      $(id).textContent = `Turn ${kind} ${media[kind] ? 'off' : 'on'}`;
      $(id).setAttribute('aria-pressed', String(media[kind]));
    }
  for (const id of ['preview', 'own']) {
    $(id).hidden = !media.camera;
    $(id).srcObject = media.stream;
  }
  for (const peer of peers.values()) {
    peer.sendTracks();
    peer.tellState();
  }
}

/** The level of the microphone, for as long as the green room is shown. */
export function watchLevel() {
  const track = tracksOf('microphone')[0];
  if (meter && meter.track !== track) {
    meter.context.close();
    meter = null;
  }
  if (track && !meter) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    meter = { track, context, analyser, bytes: new Uint8Array(analyser.fftSize) };
  }
  if (meter) meter.analyser.getByteTimeDomainData(meter.bytes);
  $('level').value = meter ? Math.max(...meter.bytes.map((byte) => Math.abs(byte - 128))) / 128 : 0;
  if (!$('green').hidden) setTimeout(watchLevel, 100);
  else if (meter) {
    meter.context.close();
    meter = null;
  }
}
