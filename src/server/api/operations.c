/* operations.c: POST /operations: the batches of devices
 *
 * A batch waits for the writing thread, which runs each operation in a savepoint
 * of its own and answers after the commit. The answer of every operation is kept
 * with it: a repeat is told what the first was told, and is not done again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <sodium.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/messaging.h"
#include "domain/scheduling.h"
#include "server/api/blob-file.h"
#include "server/api/perform.h"
#include "server/api/quarantine.h"
#include "server/api/sight.h"
#include "server/auth/counters.h"
#include "store/foresee.h"

#define MAX_ALTERNATIVES 5
#define MAX_FORESEEN 20 /* members of one level */
#define ALTERNATIVE_DAYS 14
#define OLDEST_ACT (90 * WATTLE_DAY)
#define TRIES 8 /* of an operation that fails for no reason that passes */
#define TRIES_SECONDS (24 * 60 * 60)
#define BYTES_SECONDS 5 /* for a file that has not arrived */

/* One operation of a batch; texts belong to the body of the call. */
typedef struct
{
  gint64 number;
  gint64 at;
  const char *id;
  const char *name;
  WattleJsonNode args;
} Item;

typedef struct
{
  WattleCall *call;
  const char *address;
  GArray *items;
  GString *answer;
  WattleEffects *effects;
  WattleSight *sight;
  guint done;
  guint wait;       /* seconds, of an operation that came too early */
  gint64 last;      /* number of the last operation of the device whose answer is kept */
  gboolean blocked; /* one is to be tried again: those behind it wait for it */
  gboolean ended;   /* the session went while its own operations were done */
} Batch;

static void
batch_free (Batch *self)
{
  wattle_call_free (self->call);
  g_array_unref (self->items);
  wattle_effects_free (self->effects);
  g_clear_pointer (&self->sight, wattle_sight_free);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

/* The time that counts is when the person did it, within reason; what only the server can do happens now. */
static gint64
time_of (const Item *item, const WattleOperation *operation)
{
  gint64 now = wattle_clock_now ();

  if (operation->needs_server || item->at > now || item->at < now - OLDEST_ACT)
    return now;
  return item->at;
}

/* Counted in the savepoint of the operation: one that is refused takes nothing of the limit. */
static gboolean
check_rate (Batch *self, WattleTransaction *transaction, const Item *item, GError **error)
{
  const WattleActor *actor = wattle_call_actor (self->call);
  WattleServer *server = self->call->server;
  WattleCounter counter = { NULL, actor->user };
  guint limit = 0, wait = 0;

  if (strcmp (item->name, "prescription.sign") == 0)
    {
      counter.what = "prescriptions";
      limit = server->limits.prescriptions_per_hour;
    }
  else if (strcmp (item->name, "appointment.book") == 0 && actor->role == WATTLE_ROLE_PATIENT)
    {
      counter.what = "bookings";
      limit = server->limits.patient_bookings_per_hour;
    }
  if (limit == 0)
    return TRUE;
  if (!wattle_counter_take (transaction, server->keys, counter, limit, 3600, wattle_clock_now (), &wait, error))
    return FALSE;
  if (wait == 0)
    return TRUE;
  self->wait = wait;
  wattle_set_field_error (error, WATTLE_ERROR_RATE_LIMITED, NULL,
                          "That was often enough for now. It is kept, and goes by itself in %u minutes.",
                          (wait + 59) / 60);
  return FALSE;
}

/* The file of a message comes from anybody: it is what its first bytes say, or it is not taken. */
static gboolean
check_format (WattleServer *server, WattleRecord *document, GError **error)
{
  const char *claimed = wattle_record_get_string (document, WATTLE_DOCUMENT_MEDIA_TYPE);
  guint8 key[WATTLE_KEY_BYTES];
  char start[16];
  gssize length;

  wattle_keys_derive (server->keys, WATTLE_KEY_BLOBS, key);
  length = wattle_blob_start (server->data_dir, wattle_record_get_string (document, WATTLE_DOCUMENT_HASH), key, start,
                              sizeof start, error);
  sodium_memzero (key, sizeof key);
  if (length < 0)
    return FALSE;
  if (g_strcmp0 (wattle_attachment_media (start, length), claimed) == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "media_type",
                          "This file is not what it is said to be. It was not sent.");
  return FALSE;
}

/* A document is filed once its bytes are here: they go first, but a piece may still be on its way. Those that never
 * come must not hold up the device for ever. */
static gboolean
check_bytes (Batch *self, const Item *item, WattleOutcome *outcome, GError **error)
{
  static const char *const with_bytes[] = { "document.file", "recording.file", "message.send", NULL };
  WattleRecord *document = NULL;
  WattleServer *server = self->call->server;

  for (guint i = 0; i < outcome->records->len; i++)
    if (wattle_record_type (outcome->records->pdata[i])->id == WATTLE_RECORD_DOCUMENT)
      document = outcome->records->pdata[i];
  if (!g_strv_contains (with_bytes, item->name) || document == NULL)
    return TRUE;
  if (wattle_blob_is_here (server->data_dir, wattle_record_get_string (document, WATTLE_DOCUMENT_HASH)))
    return strcmp (item->name, "message.send") != 0 || check_format (server, document, error);
  if (wattle_rates_take (server->rates, "tries", item->id, TRIES, TRIES_SECONDS) == 0)
    {
      self->wait = BYTES_SECONDS;
      wattle_set_field_error (error, WATTLE_ERROR_BUSY, "hash", "The file has not arrived yet.");
    }
  else
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "hash",
                            "The file of this document did not arrive. It is kept on your computer; file it again.");
  return FALSE;
}

static gboolean
perform (Batch *self, WattleTransaction *transaction, const Item *item, WattleOutcome *outcome, GError **error)
{
  const WattleOperation *operation = wattle_operation_find (item->name);
  WattleOperationContext context = { 0 };

  if (operation == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "name", "This server knows no operation “%.60s”.",
                              item->name);
      return FALSE;
    }
  context.reader = wattle_transaction_reader (transaction);
  context.actor = wattle_call_actor (self->call);
  context.operation_id = item->id;
  context.now = time_of (item, operation);
  context.authority = context.guarded = TRUE;
  context.next_number = wattle_perform_number;
  context.data = transaction;
  return check_rate (self, transaction, item, error)
         && wattle_operation_run (operation, &context, item->args, outcome, error)
         && check_bytes (self, item, outcome, error)
         && wattle_perform_keep (transaction, self->effects, outcome, error);
}

/* The answer shows them as they are then. */
static void
foresee_answer (WattleTransaction *transaction, WattleOutcome *outcome)
{
  for (guint i = 0; i < MIN (outcome->records->len, MAX_FORESEEN); i++)
    wattle_transaction_foresee (transaction, WATTLE_FORESEEN_RECORD, wattle_record_id (outcome->records->pdata[i]));
}

/* What a lost race can be answered with: times that are free near the one that was wanted. */
static void
write_alternatives (WattleTransaction *transaction, const Item *item, WattleJsonWriter *writer)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleJsonNode wanted = wattle_json_member (item->args, "appointment");
  g_autoptr (WattleRecord) visit = NULL;
  g_autoptr (GArray) slots = NULL;
  const char *practitioner, *location;
  gint64 from, to, now = wattle_clock_now ();

  if (!wattle_json_exists (wanted))
    {
      wanted = item->args;
      visit = wattle_reader_get (reader, WATTLE_RECORD_APPOINTMENT, wattle_json_member_string (wanted, "id"), NULL);
    }
  practitioner = wattle_json_member_string (wanted, "practitioner");
  location = wattle_json_member_string (wanted, "location");
  if (practitioner == NULL && visit != NULL)
    practitioner = wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER);
  if (location == NULL && visit != NULL)
    location = wattle_record_get_string (visit, WATTLE_APPOINTMENT_LOCATION);
  if (practitioner == NULL || !wattle_json_member_instant (wanted, "starts_at", &from))
    return;
  if (!wattle_json_member_instant (wanted, "ends_at", &to))
    to = from
         + (visit != NULL ? wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT)
                              - wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT)
                          : 30 * WATTLE_MINUTE);
  if (to <= from || to - from > WATTLE_APPOINTMENT_MAX_HOURS * WATTLE_HOUR
      || !wattle_free_slots (reader, practitioner, location, MAX (from, now),
                             MAX (from, now) + ALTERNATIVE_DAYS * WATTLE_DAY, (to - from) / WATTLE_MINUTE,
                             MAX_ALTERNATIVES, &slots, NULL))
    return;
  wattle_json_name (writer, "alternatives");
  wattle_json_begin_array (writer);
  for (guint i = 0; i < slots->len; i++)
    {
      const WattleSpan *slot = &g_array_index (slots, WattleSpan, i);
      g_autofree char *start = wattle_instant_format (slot->start);
      g_autofree char *end = wattle_instant_format (slot->end);

      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, "starts_at", start);
      wattle_json_pair_string (writer, "ends_at", end);
      wattle_json_end_object (writer);
    }
  wattle_json_end_array (writer);
}

static void
write_conflicts (WattleOutcome *outcome, WattleJsonWriter *writer)
{
  wattle_json_name (writer, "conflicts");
  wattle_json_begin_array (writer);
  for (guint i = 0; i < outcome->conflicts->len; i++)
    {
      const WattleConflict *conflict = outcome->conflicts->pdata[i];

      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, "type", conflict->type);
      wattle_json_pair_string (writer, "id", conflict->id);
      wattle_json_pair_string (writer, "field", conflict->field);
      wattle_json_name (writer, "mine");
      wattle_json_put_raw (writer, conflict->mine != NULL ? conflict->mine : "null", -1);
      wattle_json_name (writer, "theirs");
      wattle_json_put_raw (writer, conflict->theirs != NULL ? conflict->theirs : "null", -1);
      wattle_json_end_object (writer);
    }
  wattle_json_end_array (writer);
}

/* The part of an answer that is kept: who asked, what came of it, and which records changed. */
static char *
describe (Batch *self,
          WattleTransaction *transaction,
          const Item *item,
          WattleOutcome *outcome,
          const char *status,
          const GError *error)
{
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "user", wattle_call_actor (self->call)->user);
  wattle_json_pair_string (&writer, "status", status);
  wattle_json_pair_integer (&writer, "revision", wattle_transaction_revision (transaction));
  if (error != NULL)
    {
      wattle_json_pair_string (&writer, "code", wattle_error_code_nick (wattle_error_get_code (error)));
      if (wattle_error_get_field (error) != NULL)
        wattle_json_pair_string (&writer, "field", wattle_error_get_field (error));
      wattle_json_pair_string (&writer, "message", error->message);
      if (strcmp (status, "conflict") == 0)
        write_alternatives (transaction, item, &writer);
    }
  else
    {
      write_conflicts (outcome, &writer);
      wattle_json_name (&writer, "changed");
      wattle_json_begin_array (&writer);
      for (guint i = 0; i < outcome->records->len; i++)
        {
          wattle_json_begin_array (&writer);
          wattle_json_put_string (&writer, wattle_record_type (outcome->records->pdata[i])->nick);
          wattle_json_put_string (&writer, wattle_record_id (outcome->records->pdata[i]));
          wattle_json_end_array (&writer);
        }
      wattle_json_end_array (&writer);
    }
  wattle_json_end_object (&writer);
  return g_string_free (text, FALSE);
}

/* Each changed record as this caller may see it now. */
static void
write_records (Batch *self, WattleTransaction *transaction, WattleJsonNode changed, WattleJsonWriter *writer)
{
  WattleJsonIter iter = wattle_json_iter (changed);
  WattleJsonNode pair;

  wattle_json_name (writer, "records");
  wattle_json_begin_array (writer);
  while (wattle_json_kind (changed) == WATTLE_JSON_ARRAY && wattle_json_next (&iter, NULL, &pair))
    {
      const WattleType *type = wattle_type_find (wattle_json_string (wattle_json_element (pair, 0)));
      const char *id = wattle_json_string (wattle_json_element (pair, 1));
      g_autoptr (WattleRecord) record = NULL;
      g_autoptr (GString) text = g_string_new (NULL);

      record = type != NULL ? wattle_reader_get (wattle_transaction_reader (transaction), type->id, id, NULL) : NULL;
      if (record == NULL || !wattle_sight_write_record (self->sight, record, text))
        continue;
      wattle_json_put_raw (writer, text->str, text->len);
    }
  wattle_json_end_array (writer);
}

static void
copy_member (WattleJsonNode from, const char *name, WattleJsonWriter *writer)
{
  WattleJsonNode value = wattle_json_member (from, name);
  gsize length;
  const char *raw;

  if (!wattle_json_exists (value))
    return;
  raw = wattle_json_raw (value, &length);
  wattle_json_name (writer, name);
  wattle_json_put_raw (writer, raw, length);
}

/* Writes the result of an operation from what is kept of it. */
static void
write_result (Batch *self,
              WattleTransaction *transaction,
              const Item *item,
              const char *kept,
              gboolean duplicate,
              WattleJsonWriter *writer)
{
  static const char *const members[] = { "revision", "code", "field", "message", "conflicts", "alternatives" };
  g_autoptr (WattleJson) json = wattle_json_parse (kept, -1, &WATTLE_JSON_FILE_LIMITS, NULL);
  WattleJsonNode root = json != NULL ? wattle_json_root (json) : (WattleJsonNode){ NULL, 0 };
  const char *status = wattle_json_member_string (root, "status");

  wattle_json_begin_object (writer);
  wattle_json_pair_integer (writer, "n", item->number);
  wattle_json_pair_string (writer, "id", item->id);
  wattle_json_pair_string (writer, "status", duplicate ? "duplicate" : status);
  if (duplicate)
    wattle_json_pair_string (writer, "first", status);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    copy_member (root, members[i], writer);
  if (g_strcmp0 (status, "ok") == 0)
    write_records (self, transaction, wattle_json_member (root, "changed"), writer);
  wattle_json_end_object (writer);
}

static void
write_failure (const Item *item,
               const char *status,
               WattleErrorCode code,
               const char *field,
               const char *message,
               guint wait,
               WattleJsonWriter *writer)
{
  wattle_json_begin_object (writer);
  wattle_json_pair_integer (writer, "n", item->number);
  wattle_json_pair_string (writer, "id", item->id);
  wattle_json_pair_string (writer, "status", status);
  wattle_json_pair_string (writer, "code", wattle_error_code_nick (code));
  if (field != NULL)
    wattle_json_pair_string (writer, "field", field);
  wattle_json_pair_string (writer, "message", message);
  if (wait > 0)
    wattle_json_pair_integer (writer, "retry_after", wait);
  wattle_json_end_object (writer);
}

/* What passes by itself is tried until it has passed. A failure without such a reason may lie in the operation alone,
 * as one row that is damaged; it must not hold up all that its device does, so it is refused after some tries. */
static const char *
status_of (Batch *self, const Item *item, const GError *error)
{
  switch (wattle_error_get_code (error))
    {
    case WATTLE_ERROR_CONFLICT:
      return "conflict";
    case WATTLE_ERROR_BUSY:
    case WATTLE_ERROR_DISK_FULL:
    case WATTLE_ERROR_LOCKED:
    case WATTLE_ERROR_OFFLINE:
    case WATTLE_ERROR_CANCELLED:
    case WATTLE_ERROR_RATE_LIMITED:
      return "retry";
    case WATTLE_ERROR_FAILED:
    case WATTLE_ERROR_CORRUPT:
      return wattle_rates_take (self->call->server->rates, "tries", item->id, TRIES, TRIES_SECONDS) == 0 ? "retry"
                                                                                                        : "refused";
    default:
      return "refused";
    }
}

static void
write_retry (Batch *self, const Item *item, const GError *failure, WattleJsonWriter *writer)
{
  WattleErrorCode code = wattle_error_get_code (failure);

  /* Not the sentence of the failure: it may hold names. */
  g_message ("Request %s: operation %s of device %s is to be tried again: %s",
             wattle_request_get_id (self->call->request), item->id, wattle_call_actor (self->call)->device,
             wattle_error_code_nick (code));
  self->blocked = TRUE;
  write_failure (item, "retry", code, NULL,
                 code == WATTLE_ERROR_RATE_LIMITED
                   ? failure->message
                   : "The server could not do this now. Nothing was changed; it is tried again.",
                 self->wait, writer);
}

/* What is not there and what one may not see are answered with the same words. */
static void
hide_absence (GError **failure)
{
  if (wattle_error_get_code (*failure) != WATTLE_ERROR_NOT_FOUND)
    return;
  g_clear_error (failure);
  wattle_set_field_error (failure, WATTLE_ERROR_NOT_FOUND, NULL, "This was deleted, or it is not open to you.");
}

/* A failure that does not pass has a sentence for the log of a server, not for the person who is refused. */
static void
hide_failure (GError **failure)
{
  WattleErrorCode code = wattle_error_get_code (*failure);

  if (code != WATTLE_ERROR_FAILED && code != WATTLE_ERROR_CORRUPT)
    return;
  g_clear_error (failure);
  wattle_set_field_error (failure, code, NULL,
                          "The server cannot do this, however often it is tried. Your words are kept on your computer; "
                          "tell your administrator, and send them again when it is mended.");
}

/* Does one operation that was not done before. FALSE when the transaction itself is in trouble. */
static gboolean
do_item (Batch *self,
         WattleTransaction *transaction,
         const Item *item,
         WattleJsonWriter *writer,
         GError **error)
{
  const WattleActor *actor = wattle_call_actor (self->call);
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();
  g_autoptr (WattleOutcome) nothing = wattle_outcome_new ();
  g_autoptr (GError) failure = NULL;
  g_autofree char *kept = NULL;
  const char *status = "ok";
  gboolean done;

  if (!wattle_transaction_savepoint (transaction, error))
    return FALSE;
  done = perform (self, transaction, item, outcome, &failure);
  if (done)
    foresee_answer (transaction, outcome);
  if (!done || !wattle_transaction_release (transaction, &failure))
    {
      if (!wattle_transaction_rollback_to (transaction, error))
        return FALSE;
      hide_absence (&failure);
      status = status_of (self, item, failure);
      if (strcmp (status, "retry") == 0)
        {
          write_retry (self, item, failure, writer);
          return TRUE;
        }
      hide_failure (&failure);
    }
  kept = describe (self, transaction, item, outcome, status, failure);
  if (failure != NULL
      && !wattle_quarantine_keep (transaction, actor,
                                  &(WattleRefused){ item->id, item->name, item->at, item->args, failure }, error))
    return FALSE;
  if (!wattle_perform_audit (transaction, actor, self->address, item->name, item->args,
                             failure == NULL ? outcome : nothing, status, error)
      || !wattle_transaction_keep_operation (transaction, item->id, actor->device, item->number, kept, error))
    return FALSE;
  write_result (self, transaction, item, kept, FALSE, writer);
  self->last = MAX (self->last, item->number);
  self->done++;
  return TRUE;
}

static gboolean
is_own_answer (Batch *self, const char *kept)
{
  g_autoptr (WattleJson) json = wattle_json_parse (kept, -1, &WATTLE_JSON_FILE_LIMITS, NULL);

  return json != NULL
         && g_strcmp0 (wattle_json_member_string (wattle_json_root (json), "user"),
                       wattle_call_actor (self->call)->user)
              == 0;
}

/* Who asks may have lost a role, or the session, by what was just done, also by this very batch. */
static gboolean
read_caller (Batch *self, WattleTransaction *transaction, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->ended || !wattle_effects_touch_sessions (self->effects)
      || wattle_call_read_session (self->call, transaction, &local))
    return TRUE;
  if (wattle_error_get_code (local) != WATTLE_ERROR_UNAUTHENTICATED
      && wattle_error_get_code (local) != WATTLE_ERROR_FORBIDDEN)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->ended = self->blocked = TRUE;
  return TRUE;
}

static void
foresee_id (WattleTransaction *transaction, const char *name, WattleJsonNode value)
{
  const char *id = wattle_json_string (value);

  if (id != NULL)
    wattle_transaction_foresee (transaction, strcmp (name, "id") == 0 ? WATTLE_FORESEEN_CHANGE : WATTLE_FORESEEN_RECORD,
                                id);
}

/* What it names is what its rule will ask for first. */
static void
foresee_item (WattleTransaction *transaction, const Item *item)
{
  WattleJsonIter iter = wattle_json_iter (item->args);
  WattleJsonNode value, inner;
  const char *name;

  wattle_transaction_foresee (transaction, WATTLE_FORESEEN_OPERATION, item->id);
  for (guint n = 0; n < MAX_FORESEEN && wattle_json_next (&iter, &name, &value); n++)
    {
      WattleJsonIter members = wattle_json_iter (value);

      foresee_id (transaction, name, value);
      for (guint m = 0; m < MAX_FORESEEN && wattle_json_kind (value) == WATTLE_JSON_OBJECT
                        && wattle_json_next (&members, &name, &inner);
           m++)
        foresee_id (transaction, name, inner);
    }
}

static gboolean
run_item (Batch *self,
          WattleTransaction *transaction,
          const Item *item,
          gint64 *last,
          WattleJsonWriter *writer,
          GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *kept = NULL;

  foresee_item (transaction, item);
  kept = wattle_transaction_operation (transaction, item->id, &local);

  if (kept == NULL && local != NULL && wattle_error_get_code (local) != WATTLE_ERROR_NOT_FOUND)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (kept != NULL && is_own_answer (self, kept))
    write_result (self, transaction, item, kept, TRUE, writer);
  else if (kept != NULL)
    write_failure (item, "refused", WATTLE_ERROR_INVALID, "id", "This id belongs to another operation.", 0, writer);
  else if (self->blocked)
    write_failure (item, "retry", WATTLE_ERROR_BUSY, NULL, "One before it is to be tried again first.", 0, writer);
  else if (item->number <= *last)
    {
      /* The device lost count, as after its home was restored: it numbers anew from last_n. */
      self->blocked = TRUE;
      write_failure (item, "retry", WATTLE_ERROR_INVALID, "n", "This device used this number before.", 0, writer);
    }
  else if (!do_item (self, transaction, item, writer, error))
    return FALSE;
  if (!self->blocked)
    *last = MAX (*last, item->number);
  return TRUE;
}

static gboolean
run_batch (WattleTransaction *transaction, gpointer data, GError **error)
{
  Batch *self = data;
  g_autofree char *device = NULL;
  gint64 last;
  g_autoptr (GString) results = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (results);

  wattle_transaction_foresee (transaction, WATTLE_FORESEEN_LAST_NUMBER, wattle_call_actor (self->call)->device);
  if (self->items->len > 0)
    foresee_item (transaction, &g_array_index (self->items, Item, 0));
  /* The session that the call came with was read before its turn: a role or a device may have gone since. */
  if (!wattle_call_read_session (self->call, transaction, error))
    return FALSE;
  device = g_strdup (wattle_call_actor (self->call)->device);
  last = self->last = wattle_transaction_last_number (transaction, device, error);
  if (last < 0)
    return FALSE;
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < self->items->len; i++)
    {
      g_clear_pointer (&self->sight, wattle_sight_free);
      if (!read_caller (self, transaction, error))
        return FALSE;
      self->sight = wattle_sight_new (wattle_call_actor (self->call), wattle_transaction_reader (transaction));
      if (!run_item (self, transaction, &g_array_index (self->items, Item, i), &last, &writer, error))
        return FALSE;
    }
  wattle_json_end_array (&writer);
  g_clear_pointer (&self->sight, wattle_sight_free);
  self->answer = g_string_new (NULL);
  g_string_append_printf (self->answer,
                          "{\"last_n\":%" G_GINT64_FORMAT ",\"head\":%" G_GINT64_FORMAT ",\"results\":%s}", self->last,
                          wattle_transaction_revision (transaction), results->str);
  return TRUE;
}

static void
answer_batch (gpointer data, const GError *error)
{
  g_autoptr (Batch) self = data;

  if (error != NULL)
    {
      wattle_call_respond_error (self->call, error);
      return;
    }
  wattle_effects_carry_out (self->effects, self->call->server);
  __atomic_add_fetch (&self->call->server->operations, self->done, __ATOMIC_RELAXED);
  wattle_call_respond (self->call, 200, g_steal_pointer (&self->answer));
}

static gboolean
bad_item (guint position, const char *name, const char *wanted, GError **error)
{
  g_autofree char *field = g_strdup_printf ("operations[%u].%s", position, name);

  wattle_set_field_error (error, WATTLE_ERROR_INVALID, field, "“%s” must be %s.", field, wanted);
  return FALSE;
}

static gboolean
read_item (WattleJsonNode node, guint position, Item *item, GError **error)
{
  item->number = wattle_json_member_integer (node, "n", 0);
  item->id = wattle_json_member_string (node, "id");
  item->name = wattle_json_member_string (node, "name");
  item->args = wattle_json_member (node, "args");
  if (wattle_json_kind (node) != WATTLE_JSON_OBJECT || item->number < 1)
    return bad_item (position, "n", "a number from 1", error);
  if (!wattle_id_is_valid (item->id))
    return bad_item (position, "id", "an id", error);
  if (item->name == NULL)
    return bad_item (position, "name", "the name of an operation", error);
  if (wattle_json_kind (item->args) != WATTLE_JSON_OBJECT)
    return bad_item (position, "args", "an object", error);
  if (!wattle_json_member_instant (node, "at", &item->at))
    return bad_item (position, "at", "an instant such as 2026-11-20T03:04:05Z", error);
  return TRUE;
}

static gboolean
read_items (WattleCall *call, GArray *items, GError **error)
{
  WattleJsonNode list = wattle_json_member (call->body, "operations");
  WattleJsonIter iter = wattle_json_iter (list);
  WattleJsonNode node;

  if (g_strcmp0 (wattle_json_member_string (call->body, "device"), wattle_call_actor (call)->device) != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "device", "This is not the device of this session.");
      return FALSE;
    }
  if (wattle_json_kind (list) != WATTLE_JSON_ARRAY)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "operations", "“operations” must be a list.");
      return FALSE;
    }
  if (wattle_json_length (list) > WATTLE_MAX_OPERATIONS)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "operations", "At most %d operations go in one batch.",
                              WATTLE_MAX_OPERATIONS);
      return FALSE;
    }
  while (wattle_json_next (&iter, NULL, &node))
    {
      Item item = { 0 };

      if (!read_item (node, items->len, &item, error))
        return FALSE;
      g_array_append_val (items, item);
    }
  return TRUE;
}

void
wattle_api_operations (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autoptr (GError) error = NULL;
  Batch *batch;

  if (!read_items (call, items, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  batch = g_new0 (Batch, 1);
  wattle_call_hold (call);
  batch->address = wattle_request_get_peer (call->request);
  batch->items = g_steal_pointer (&items);
  batch->effects = wattle_effects_new ();
  batch->call = g_steal_pointer (&call);
  wattle_writer_submit (batch->call->server->writer, run_batch, answer_batch, batch);
}
