/* fixture.h: one practice in this process, and two desks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "desk.h"
#include "fake-server.h"

G_BEGIN_DECLS

typedef struct
{
  FakeServer *server;
  Desk one;
  Desk two;
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);
WattleRecord *fixture_patient (Fixture *self, const char *given, const char *family);

G_END_DECLS
