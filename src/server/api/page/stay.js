// stay.js: who one is in the room, and who else is there
//
// SPDX-License-Identifier: GPL-3.0-or-later
export const stay = {
  secret: '', // of the link, or the code
  guest: null, // {token, room, pass}: what the link was exchanged for
  key: null, // for this stay alone
  you: null, // {n, role, owner, verbs}
  turn: null, // the relay and its credentials
  over: false,
  practice: { name: '', phone: '' },
};

export const peers = new Map(); // number: Peer

/** A page that is loaded again finds its place: `resume` is the server's word for the seat. */
export function keep(resume) {
  sessionStorage.setItem('guest', JSON.stringify({ ...stay.guest, resume }));
}

export function forget() {
  sessionStorage.removeItem('guest');
}

export function begunBefore() {
  try {
    const guest = JSON.parse(sessionStorage.getItem('guest'));
    return guest && guest.token ? guest : null;
  } catch {
    return null;
  }
}
