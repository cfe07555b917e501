/* conflicts.h: two devices that change one record without hearing of each other: the table of what comes of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "world.h"

G_BEGIN_DECLS

/* Who stands at which client of the simulation. */
enum
{
  MARA,
  RITA,
  NOEL,
  MARA_AT_HOME,
  MAX,
};

/**
 * SimMove:
 * @what: in the printed table
 * @client: who does it; for an act 0 is the first device of the subject and 1 the second
 * @args: JSON, with words that begin with $ in place of what each cell has of its own
 * @sides: for an act: which of the two devices may do it, as bits; 0 for both
 *
 * One operation that a person does.
 */
typedef struct
{
  const char *what;
  guint client;
  const char *operation;
  const char *args;
  guint sides;
} SimMove;

#define SIM_MAX_MOVES 9

/**
 * SimSubject:
 * @devices: the two clients
 * @second_role: of the second device from now on, when it is not 0
 * @before: what both know, done in this order
 * @acts: what each of the two may do without hearing of the other
 * @rules: for each act that reaches the server first, what becomes of each that reaches it second:
 *   o: done, and what the first one wrote is there as well
 *   s: done, as a text of its own beside the other
 *   f: done but for the field that both wrote: the server's value stands, the other is kept to choose from
 *   c: not done, since the first one stands in the way; the words are kept, and free times offered for a visit
 *   r: never; the words are kept
 *   x: needs the server, so that nobody does it offline
 *   .: not for these two devices
 * What the first one wrote is never gone without a word.
 */
typedef struct
{
  const char *name;
  guint devices[2];
  int second_role;
  SimMove before[SIM_MAX_MOVES];
  SimMove acts[SIM_MAX_MOVES];
  const char *rules[SIM_MAX_MOVES];
} SimSubject;

extern const SimSubject sim_subjects[];

G_END_DECLS
