/* fixture.h: one practice, two desks, and waiting for things to come true
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "fake-server.h"

#include "sync/client-setup.h"

G_BEGIN_DECLS

#define PASSWORD "correct horse battery"

/* Turns the main loop until the condition holds; a test that waits for ever fails. */
#define wait_until(condition)                                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 deadline_ = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                                                  \
    guint tick_ = g_timeout_add (10, desk_tick, NULL);                                                                 \
    while (!(condition))                                                                                               \
      {                                                                                                                \
        if (g_get_monotonic_time () > deadline_)                                                                       \
          g_error ("%s:%d: never came true: %s", __FILE__, __LINE__, #condition);                                      \
        g_main_context_iteration (NULL, TRUE);                                                                         \
      }                                                                                                                \
    g_source_remove (tick_);                                                                                           \
  }                                                                                                                    \
  G_STMT_END

typedef struct
{
  char *dir;
  WattleKeyring *keyring;
  FakeTransport *transport;
  FakeFaults *faults;
  WattleClient *client;
} Desk;

typedef struct
{
  FakeServer *server;
  Desk one;
  Desk two;
} Fixture;

gboolean desk_tick (gpointer data);
void desk_open (Desk *self, FakeServer *server);
void desk_reopen (Desk *self);
void desk_close (Desk *self);
gboolean desk_sign_in (Desk *self, const char *login, const char *password, const char *code, GError **error);
void desk_start (Desk *self);
gboolean desk_unlock (Desk *self, const char *password, GError **error);
void desk_sign_out (Desk *self, gboolean forget);
char *desk_perform (Desk *self, const char *name, const char *args, GError **error);
gboolean desk_withdraw (Desk *self, const char *id, GError **error);
WattleRecord *desk_get (Desk *self, WattleRecordType type, const char *id);
char *desk_text (Desk *self, WattleRecordType type, const char *id, WattleFieldId field);
gboolean desk_is_idle (Desk *self);
guint desk_pending (Desk *self);
guint desk_conflicts (Desk *self);
char *desk_add_patient (Desk *self, const char *given, const char *family);
char *desk_change (Desk *self, const char *id, const char *field, const char *old, const char *new);
char *desk_status (Desk *self, const char *operation);

void desk_keep_draft (Desk *self, const char *key, const char *json);
char *desk_find_draft (Desk *self, const char *key);
guint desk_search_files (Desk *self, const char *text);
void desk_damage_file (Desk *self, const char *name);

void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);
WattleRecord *fixture_patient (Fixture *self, const char *given, const char *family);

G_END_DECLS
