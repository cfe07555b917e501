// call.js: the page of a link into a video visit: what it is for, and the ways in
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { toggle, watchLevel } from '/call/media.js';
import { $, say, show } from '/call/page.js';
import { answer } from '/call/recording.js';
import { join, leave, makeReady, sendLine } from '/call/room.js';
import { fromBase64, newSalt, sha256, toBase64 } from '/call/seal.js';
import { begunBefore, keep, stay } from '/call/stay.js';

const WITHOUT_BROWSERS = 'This practice holds video visits with the Wattle program alone. Open the link there.';
const OLD_BROWSER = 'This browser cannot hold a private call. Bring it up to date, use another one, or open the link in ' +
                    'Wattle.';
const LINK_LETTERS = 43; // what is shorter is a code, which people type in their own way
let seat = null; // the server's word for a place one had before the page was loaded again

async function fetchJson(address, body) {
  let answer;
  try {
    answer = await fetch(address, body && {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  } catch {
    throw new Error('The practice’s server does not answer. Look whether you are online, then try again.');
  }
  const json = await answer.json().catch(() => null);
  if (!answer.ok || !json)
    throw new Error(json && json.error ? json.error.message : 'The practice’s server is not well. Try again soon.');
  return json;
}

function salt() {
  try {
    const kept = localStorage.getItem('salt') || toBase64(newSalt());
    localStorage.setItem('salt', kept);
    return fromBase64(kept);
  } catch {
    return newSalt(); // a browser that keeps nothing
  }
}

/**
 * The token this browser has for a link: nobody can tell it who has only the link or only the browser. So a link that was
 * used is good here once more, in another tab or when an answer got lost, and nowhere else.
 */
let token = '';

async function chooseToken() {
  const { secret } = stay;
  const name = secret.length === LINK_LETTERS ? secret : secret.toLowerCase();
  const bytes = await sha256(salt(), new TextEncoder().encode(`wattle call token 1 ${name}`));
  token = toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
}

function ask(body) {
  return fetchJson('/v1/rooms/guests', { secret: stay.secret, token, ...body });
}

/** As it is written in Australia. */
function spoken(phone) {
  return phone.replace(/^\+61(4\d\d)(\d{3})(\d{3})$/, '0$1 $2 $3').replace(/^\+61(\d)(\d{4})(\d{4})$/, '0$1 $2 $3');
}

async function tellWhose() {
  const { practice } = await fetchJson('/v1/hello');
  if (!practice) return;
  const { name, phone = '' } = practice;
  stay.practice = { name, phone: spoken(phone) };
  $('whose').textContent = phone ? `${name} · if something does not work, call ` : name;
  if (!phone) return;
  const number = document.createElement('a');
  number.href = `tel:${phone}`;
  number.textContent = stay.practice.phone;
  $('whose').append(number);
}

async function look() {
  const able = makeReady().then(() => true, () => false);
  try {
    if (window.crypto && crypto.subtle) await chooseToken();
    const about = await ask({ look: true });
    const opens = new Date(about.opens_at);
    $('about').textContent = `${about.practice} invites you to a video visit.` +
      (opens > new Date() ? ` The room opens at ${opens.toLocaleString()}.` : '');
    $('program').href = `wattle://${location.host}/call#${stay.secret}`;
    $('here').hidden = !(about.browser && await able);
    $('ask-code').hidden = true;
    $('ways').hidden = $('about').hidden = false;
    say(!about.browser ? WITHOUT_BROWSERS : await able ? '' : OLD_BROWSER);
  } catch (problem) {
    say(problem.message);
    $('ways').hidden = $('about').hidden = true;
    $('ask-code').hidden = false;
  }
}

async function useBrowser() {
  try {
    stay.guest = await ask({ browser: true });
    keep(null);
    say('');
    show('green');
    watchLevel();
  } catch (problem) {
    say(problem.message);
  }
}

async function tryToJoin(options) {
  try {
    await join(options);
  } catch {
    say(OLD_BROWSER);
  }
}

function start() {
  $('old').hidden = true;
  stay.secret = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  tellWhose().catch(() => {});
  stay.guest = stay.secret ? null : begunBefore();
  if (stay.guest) {
    seat = stay.guest.resume || null;
    show('green');
    if (seat) say('You were in this visit before the page was loaded again. Join to go on.');
    watchLevel();
    return;
  }
  show('start');
  $('ask-code').hidden = Boolean(stay.secret);
  if (stay.secret) look();
}

$('check').addEventListener('click', () => {
  stay.secret = $('code').value.trim();
  if (stay.secret) look();
});
$('code').addEventListener('keydown', (event) => { if (event.key === 'Enter') $('check').click(); });
$('browser').addEventListener('click', useBrowser);
$('join').addEventListener('click', () => tryToJoin({ seat }));
$('again').addEventListener('click', () => tryToJoin({ replace: true }));
$('agree').addEventListener('click', () => answer(true));
for (const id of ['decline', 'withdraw']) $(id).addEventListener('click', () => answer(false));
for (const kind of ['camera', 'microphone'])
  for (const id of [kind, `green-${kind}`]) $(id).addEventListener('click', () => toggle(kind));
for (const id of ['leave', 'lobby-leave']) $(id).addEventListener('click', leave);
$('send').addEventListener('click', sendLine);
$('line').addEventListener('keydown', (event) => { if (event.key === 'Enter') sendLine(); });
window.addEventListener('hashchange', () => location.reload()); // another link in the same window
start();
