/* desk.h: a client of its own folder and keyring, and waiting for things to come true
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/client-setup.h"

G_BEGIN_DECLS

#define LOGIN "nguyen"
#define PASSWORD "thirteen quiet parrots"

/* Turns the main loop until the condition holds; a test that waits for ever fails. */
#define wait_until(condition)                                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 deadline_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                                                  \
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
  char *url;
  WattleTransport *transport;
  struct _FakeFaults *faults; /* of a transport that is a fake */
  WattleClient *client;
} Desk;

gboolean desk_tick (gpointer data);
void desk_open (Desk *self, const char *url, WattleTransport *transport);
void desk_reopen (Desk *self);
void desk_without_keyring (Desk *self, const char *dir);
void desk_close (Desk *self);
gboolean desk_sign_in (Desk *self, const char *login, const char *password, const char *code, GError **error);
gboolean desk_sign_in_anew (Desk *self, const char *password, const char *old_password, GError **error);
gboolean desk_change_password (Desk *self, const char *old, const char *new, GError **error);
void desk_start (Desk *self);
gboolean desk_unlock (Desk *self, const char *password, GError **error);
void desk_sign_out (Desk *self, gboolean forget);
char *desk_perform (Desk *self, const char *name, const char *args, GError **error);
gboolean desk_withdraw (Desk *self, const char *id, GError **error);
char *desk_send_again (Desk *self, const char *id, const char *args, GError **error);
gboolean desk_discard (Desk *self, const char *id, GError **error);
WattleOutboxItem *desk_item (Desk *self, const char *id);
WattleRecord *desk_get (Desk *self, WattleRecordType type, const char *id);
gboolean desk_has (Desk *self, WattleRecordType type, const char *id);
char *desk_text (Desk *self, WattleRecordType type, const char *id, WattleFieldId field);
gboolean desk_is_idle (Desk *self);
guint desk_pending (Desk *self);
guint desk_conflicts (Desk *self);
char *desk_add_patient (Desk *self, const char *given, const char *family);
char *desk_change (Desk *self, const char *id, const char *field, const char *old, const char *new);
char *desk_status (Desk *self, const char *operation);

void desk_keep_draft (Desk *self, const char *key, const char *json);
char *desk_find_draft (Desk *self, const char *key);
guint desk_count_files (Desk *self, const char *suffix);
guint desk_search_files (Desk *self, const char *text);
void desk_damage_file (Desk *self, const char *name);
void desk_flip_file (Desk *self, const char *name);

char *desk_put_blob (Desk *self, GBytes *bytes);
GBytes *desk_get_blob (Desk *self, const char *hash);
void remove_tree (const char *path);

G_END_DECLS
