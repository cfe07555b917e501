// recording.js: what the clinician asks to record, or records, and what was answered
//
// Each side tells its state whole, so nothing is agreed by a message that could get lost.
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { $ } from '/call/page.js';
import { peers } from '/call/stay.js';

const MAX_WORDS = 4000;
const recording = { by: null, id: '', state: 'no', words: '', answer: '' };

function refresh() {
  const asked = recording.state !== 'no' && !recording.answer;
  if (asked && $('question').hidden) setTimeout(() => $('question').focus(), 0);
  $('question').hidden = !asked;
  $('question-words').textContent = recording.words;
  $('recorded').hidden = recording.state !== 'on';
}

/** What one tells the others of it. */
export function consent() {
  return recording.answer ? { consent: recording.answer, consent_to: recording.id } : {};
}

export function answer(agrees) {
  if (recording.state === 'no') return;
  if (agrees) recording.answer = 'given';
  else recording.answer = recording.answer === 'given' ? 'withdrawn' : 'declined';
  for (const peer of peers.values()) peer.tellState();
  refresh();
}

/** Only the clinician of the visit may ask. */
export function takeRecording(peer, state) {
  const asks = peer.owner && ['asked', 'on'].includes(state.recording) && typeof state.recording_id === 'string';
  if (!asks && recording.by !== peer) return;
  if (asks && recording.id !== state.recording_id)
    Object.assign(recording, { id: state.recording_id, words: '', answer: '' });
  recording.by = asks ? peer : null;
  if (asks && typeof state.recording_words === 'string' && state.recording_words.length <= MAX_WORDS)
    recording.words = state.recording_words;
  recording.state = asks ? state.recording : 'no';
  refresh();
}

/** Whoever has gone records nobody. */
export function dropRecording(peer) {
  if (recording.by !== peer) return;
  recording.state = 'no';
  refresh();
}
