// page.js: the parts of the page, and the sentences that it says
//
// SPDX-License-Identifier: GPL-3.0-or-later
const SECTIONS = ['start', 'green', 'lobby', 'call', 'over'];

export const $ = (id) => document.getElementById(id);

/** One part at a time; who cannot see it is told by where the keyboard is. */
export function show(section) {
  const was = SECTIONS.find((id) => !$(id).hidden);
  for (const id of SECTIONS) $(id).hidden = id !== section;
  if (was && was !== section) $(section).focus();
}

/** What has just happened; the next takes its place. */
export function say(text) {
  $('say').textContent = text || '';
}

/** How it stands, for as long as it does. */
export function showState(text) {
  if ($('state').textContent !== text) $('state').textContent = text;
}

export function addLine(who, text) {
  const item = document.createElement('li');
  item.textContent = `${who}: ${text}`;
  $('lines').append(item);
  $('lines').scrollTop = $('lines').scrollHeight;
}
