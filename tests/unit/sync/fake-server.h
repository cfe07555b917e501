/* fake-server.h: a practice in the same process: the real rules and store behind a transport that can be made to fail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"
#include "sync/transport.h"

G_BEGIN_DECLS

#define FAKE_TYPE_SERVER (fake_server_get_type ())
G_DECLARE_FINAL_TYPE (FakeServer, fake_server, FAKE, SERVER, GObject)

/* What happens to the next answers of a transport; all counts go down by themselves. */
typedef struct _FakeFaults
{
  gboolean offline;
  guint lose_answers;  /* done, but the answer does not arrive */
  guint tear_pages;    /* half of a page arrives */
  guint damage_pages;  /* a byte of a page changes */
  const char *garbage; /* (nullable): every answer but sign-in is this */
  guint refuse_tokens; /* 401 */
  guint busy;          /* 503: come back in a second */
  guint strangers;     /* something between answers operations itself: 400 */
  guint page_limit;    /* rows of a page; 0 for what was asked */
  guint refuse_blobs;  /* bytes are dropped: 409 */
  gboolean put_off;    /* every operation may go in a second, no sooner */
  gint64 used_numbers; /* the device used them up to here, as before its home was restored */
} FakeFaults;

#define FAKE_TYPE_TRANSPORT (fake_transport_get_type ())
G_DECLARE_FINAL_TYPE (FakeTransport, fake_transport, FAKE, TRANSPORT, GObject)

FakeServer *fake_server_new (void);
WattleStore *fake_server_store (FakeServer *self);
const char *fake_server_practice (FakeServer *self);
const char *fake_server_location (FakeServer *self);
const char *fake_server_practitioner (FakeServer *self);
const char *fake_server_user (FakeServer *self);
void fake_server_put (FakeServer *self, WattleRecord *record);
WattleRecord *fake_server_get (FakeServer *self, WattleRecordType type, const char *id);
void fake_server_restore (FakeServer *self);
void fake_server_set_epoch (FakeServer *self);
gboolean fake_server_has_blob (FakeServer *self, const char *hash);
void fake_server_rename_user (FakeServer *self, const char *name);
void fake_server_end_sessions (FakeServer *self);
void fake_server_set_password (FakeServer *self, const char *password);
void fake_server_forget_devices (FakeServer *self);
void fake_server_poke (FakeServer *self);
guint fake_server_done (FakeServer *self);
void fake_server_set_minimum_schema (FakeServer *self, int schema);
void fake_server_hide (FakeServer *self, const char *id);
void fake_server_hide_in_snapshot (FakeServer *self, const char *id);
void fake_server_say (FakeServer *self, const char *line);

FakeTransport *fake_transport_new (FakeServer *server);
FakeFaults *fake_transport_faults (FakeTransport *self);
guint fake_transport_calls (FakeTransport *self, const char *path);

G_END_DECLS
