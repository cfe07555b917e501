/* client.h: a person at a device: session, encrypted cache, outbox and the running sync
 *
 * One object that the window is handed. It owns the cache (a WattleStore that
 * views read), the outbox (a file of its own with full sync) and one thread
 * that pushes and pulls. Everything that ends in _async may touch disk or
 * network; nothing else does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "domain/operation.h"
#include "store/store.h"
#include "vault/stream-file.h"

G_BEGIN_DECLS

/**
 * WattleClientState:
 * @WATTLE_CLIENT_SIGNED_OUT: nobody is signed in
 * @WATTLE_CLIENT_LOCKED: a session exists; the cache is closed until the password is given
 * @WATTLE_CLIENT_READY: signed in, the cache is open
 * @WATTLE_CLIENT_READ_ONLY: signed in, the server speaks a newer schema: reading and the outbox stay
 * @WATTLE_CLIENT_PENDING: the device waits for approval: show wattle_client_fingerprint()
 * @WATTLE_CLIENT_FACTOR_WANTED: the practice wants a second factor and there is none: lead through `/account/totp`,
 *   then wattle_client_sync_now()
 */
typedef enum
{
  WATTLE_CLIENT_SIGNED_OUT,
  WATTLE_CLIENT_LOCKED,
  WATTLE_CLIENT_READY,
  WATTLE_CLIENT_READ_ONLY,
  WATTLE_CLIENT_PENDING,
  WATTLE_CLIENT_FACTOR_WANTED,
} WattleClientState;

#define WATTLE_TYPE_CLIENT (wattle_client_get_type ())
G_DECLARE_FINAL_TYPE (WattleClient, wattle_client, WATTLE, CLIENT, GObject)

/* Properties, notified on the main context: "state" (int), "online" (boolean),
 * "syncing" (boolean), "progress" (double, 0 to 1 of the first sync, -1 when
 * there is none), "progress-text" (string), "pending" (uint, operations in the
 * outbox), "conflicts" (uint), "last-error" (string, nullable), "role" (int).
 *
 * Signals: "operation-settled" (WattleOutboxItem): the server answered one;
 * "signing-out": the last moment at which a draft can be kept, before a lock, too; "signed-out"
 * (string reason), also when this device was wiped; "complaint" (string): the
 * server's audit trail was changed or cut short; "typing" (string thread, string
 * user): somebody else writes in a conversation now; "rooms": somebody came into
 * a video room or left it, and GET /rooms says something else. */

WattleClient      *wattle_client_new              (const char          *server_url,
                                                   const char          *data_dir);
const char        *wattle_client_server_url       (WattleClient        *self);
WattleClientState  wattle_client_state            (WattleClient        *self);
gboolean           wattle_client_is_online        (WattleClient        *self);
WattleStore       *wattle_client_store            (WattleClient        *self);
const WattleActor *wattle_client_actor            (WattleClient        *self);
WattleRecord      *wattle_client_user             (WattleClient        *self);
WattleRecord      *wattle_client_practice         (WattleClient        *self);

/* Sign in. Fails with UNAUTHENTICATED and the field "code" when a second factor
 * is wanted: ask for it and call again with code. Works offline for an account
 * that has a cache here (the password opens the vault). LOCKED, KEY_LOST and
 * the other states of the keyring come as errors whose message is for the
 * screen. */
void               wattle_client_sign_in_async    (WattleClient        *self,
                                                   const char          *login,
                                                   const char          *password,
                                                   const char          *code,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_sign_in_finish   (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
/* After UNAUTHENTICATED with the field "old_password": the server takes the
 * password, but it was changed elsewhere. With old_password what is saved here
 * opens and takes the new one. NULL sets it aside, sealed and never deleted, with
 * what was not sent, and begins anew; so it does after KEY_LOST. Ask the person
 * before. Finish with wattle_client_sign_in_finish(). */
void               wattle_client_sign_in_anew_async (WattleClient        *self,
                                                   const char          *login,
                                                   const char          *password,
                                                   const char          *code,
                                                   const char          *old_password,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
/* With the practice's identity provider ("oidc" of hello) in the system's browser:
 * show the page of the signal "browse" (string: url). passphrase is of this
 * computer alone: chosen the first time, it opens what is saved here and works
 * without the server, also with wattle_client_unlock_async(). afresh as NULL above. */
void               wattle_client_sign_in_provider_async (WattleClient    *self,
                                                   const char          *login,
                                                   const char          *passphrase,
                                                   gboolean             afresh,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_sign_in_provider_finish (WattleClient   *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
/* One's own password, at the server and of what is saved here, in one act. */
void               wattle_client_change_password_async (WattleClient     *self,
                                                   const char          *old,
                                                   const char          *new,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_change_password_finish (WattleClient    *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
/* What an administrator printed (POST /devices/codes), given before the first
 * sign-in on this computer: it need not wait for approval then. */
void               wattle_client_set_enrolment_code (WattleClient        *self,
                                                   const char          *code);
/* Of this device's key, "XXXX-XXXX-XXXX-XXXX" (transfer full, nullable): the
 * person reads it to the administrator, who compares it and approves. */
char              *wattle_client_fingerprint      (WattleClient        *self);
/* For a computer without a keyring (sign-in answers UNSUPPORTED), when the person
 * chose so: from now on the password alone, of at least 12 characters, protects
 * what a first sign-in saves here. */
void               wattle_client_use_passphrase   (WattleClient        *self);
void               wattle_client_lock             (WattleClient        *self);
void               wattle_client_unlock_async     (WattleClient        *self,
                                                   const char          *password,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_unlock_finish    (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
void               wattle_client_sign_out_async   (WattleClient        *self,
                                                   gboolean             forget,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_sign_out_finish  (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
void               wattle_client_set_role_async   (WattleClient        *self,
                                                   int                  role,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_set_role_finish  (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);

/**
 * WattleOutboxItem:
 *
 * One operation of this device: properties "operation-id", "name", "label",
 * "at" (int64), "status" (string: "waiting", "sent", "ok", "conflict",
 * "refused"), "message" (string, the server's sentence), "field" (string),
 * "alternatives" (string, JSON array), "args" (string, the JSON object that was
 * given), "words" (string, what a person filled in, a line each with its label,
 * to be read and copied).
 *
 * A "waiting" one can be withdrawn. One in "conflict" or "refused" stays here,
 * also after the program was closed, until it is sent again or discarded.
 */
#define WATTLE_TYPE_OUTBOX_ITEM (wattle_outbox_item_get_type ())
G_DECLARE_FINAL_TYPE (WattleOutboxItem, wattle_outbox_item, WATTLE, OUTBOX_ITEM, GObject)

/* Does an operation: checks it and applies it to the cache at once, and keeps it
 * in the outbox with full sync. Calls back when it is safe on this disk; the
 * server's answer follows as "operation-settled". args is a JSON object. The
 * result is the operation's id (transfer full). */
void               wattle_client_perform_async    (WattleClient        *self,
                                                   const char          *name,
                                                   const char          *args,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
char              *wattle_client_perform_finish   (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
GListModel        *wattle_client_outbox           (WattleClient        *self);
void               wattle_client_withdraw_async   (WattleClient        *self,
                                                   const char          *operation_id,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_withdraw_finish  (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
/* Does one in "conflict" or "refused" as a new operation: args is the mended
 * JSON object, NULL for the same again. The result is the new id (transfer full);
 * on an error the old one is kept as it was. */
void wattle_client_send_again_async (WattleClient *self,
                                     const char *operation_id,
                                     const char *args,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
char *wattle_client_send_again_finish (WattleClient *self, GAsyncResult *result, GError **error);
/* Throws one in "conflict" or "refused" away, with its words. Ask the person before. */
void wattle_client_discard_async (WattleClient *self,
                                  const char *operation_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean wattle_client_discard_finish (WattleClient *self, GAsyncResult *result, GError **error);

/**
 * WattleConflictItem:
 *
 * A field that two people changed: "record-type", "record-id", "field",
 * "label", "mine", "theirs" (strings as shown on screen), "at" (int64).
 */
#define WATTLE_TYPE_CONFLICT_ITEM (wattle_conflict_item_get_type ())
G_DECLARE_FINAL_TYPE (WattleConflictItem, wattle_conflict_item, WATTLE, CONFLICT_ITEM, GObject)

GListModel        *wattle_client_conflicts        (WattleClient        *self);
void               wattle_client_resolve_async    (WattleClient        *self,
                                                   WattleConflictItem  *item,
                                                   gboolean             use_mine,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_resolve_finish   (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);

/* Drafts: what was typed and not yet saved, journalled in the outbox's file.
 * A key such as "note:<appointment id>". */
void               wattle_client_keep_draft_async (WattleClient        *self,
                                                   const char          *key,
                                                   const char          *json,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
gboolean           wattle_client_keep_draft_finish (WattleClient       *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
void               wattle_client_find_draft_async (WattleClient        *self,
                                                   const char          *key,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
char              *wattle_client_find_draft_finish (WattleClient       *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
void               wattle_client_drop_draft_async (WattleClient        *self,
                                                   const char          *key);

/* Blobs: bytes of documents, kept encrypted here and sent when online. */
void               wattle_client_put_blob_async   (WattleClient        *self,
                                                   GBytes              *bytes,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
char              *wattle_client_put_blob_finish  (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
void               wattle_client_get_blob_async   (WattleClient        *self,
                                                   const char          *hash,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
GBytes            *wattle_client_get_blob_finish  (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);

/* Recordings of calls, see recordings.h: what to write one with; which are here and in no chart (WattleRecordingFile);
 * a part of one, none at its end. */
void wattle_client_begin_recording_async (WattleClient *self,
                                          const char *id,
                                          const char *about,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
WattleStreamWriter *
wattle_client_begin_recording_finish (WattleClient *self, GAsyncResult *result, GError **error);
void wattle_client_find_recordings_async (WattleClient *self,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
GPtrArray *wattle_client_find_recordings_finish (WattleClient *self, GAsyncResult *result, GError **error);
void wattle_client_hold_recording (WattleClient *self, const char *hash);
void wattle_client_read_recording_async (WattleClient *self,
                                         const char *id,
                                         const char *hash,
                                         gint64 offset,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GBytes *wattle_client_read_recording_finish (WattleClient *self, GAsyncResult *result, GError **error);

/* Calls of the account that only a server can answer (devices, users, second
 * factor): method, path below /v1, JSON body or NULL; the answer is a
 * WattleJson (transfer full, %NULL for 204 without an error). */
void               wattle_client_call_async       (WattleClient        *self,
                                                   const char          *method,
                                                   const char          *path,
                                                   const char          *body,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
WattleJson        *wattle_client_call_finish      (WattleClient        *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);

/* What a socket of the server is told first: a token of the session (transfer
 * full), and the signature of this device's key under statement (see
 * telehealth/sealing.h; transfer full, nullable). */
void wattle_client_vouch_async (WattleClient *self,
                                const char *statement,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
char *wattle_client_vouch_finish (WattleClient *self, GAsyncResult *result, char **signature, GError **error);

/* The person writes in this conversation: the others may see it, if they look now. Kept nowhere. */
void wattle_client_tell_typing (WattleClient *self, const char *conversation);

void               wattle_client_sync_now         (WattleClient        *self);

G_END_DECLS
