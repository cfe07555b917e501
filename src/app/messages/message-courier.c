/* message-courier.c: tells others that messages arrived here, and the window how many are not read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/messages/message-courier.h"

#include "app/messages/message-data.h"
#include "base/civil.h"

struct _WattleMessageCourier
{
  GObject parent;
  WattleContext *context;
  GHashTable *told; /* id of a conversation: up to when this run said that it arrived */
  guint unread;
};

G_DEFINE_FINAL_TYPE (WattleMessageCourier, wattle_message_courier, G_TYPE_OBJECT)

enum
{
  PROP_UNREAD = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

typedef struct
{
  char *thread;
  gint64 upto;
} Arrival;

typedef struct
{
  guint unread;
  GArray *arrivals;
} Found;

static void
arrival_clear (gpointer data)
{
  g_free (((Arrival *) data)->thread);
}

static void
found_free (gpointer data)
{
  Found *self = data;

  g_array_unref (self->arrivals);
  g_free (self);
}

/* Conversations with something of others that no device of this person has said to have. */
static void
find_arrival (WattleReader *reader, WattleRecord *thread, const char *user, GArray *arrivals)
{
  gint64 last = wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT);
  const char *by = wattle_record_get_string (thread, WATTLE_THREAD_LAST_BY);
  g_autofree char *id = wattle_thread_mark_id (wattle_record_id (thread), user);
  g_autoptr (WattleRecord) mark = wattle_reader_get (reader, WATTLE_RECORD_THREAD_MARK, id, NULL);
  Arrival arrival = { NULL, last };

  if (by == NULL || g_strcmp0 (by, user) == 0 || wattle_record_revision (thread) == 0
      || (mark != NULL && wattle_record_get_integer (mark, WATTLE_THREAD_MARK_DELIVERED_UPTO) >= last))
    return;
  arrival.thread = g_strdup (wattle_record_id (thread));
  g_array_append_val (arrivals, arrival);
}

static gpointer
look (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (WattleThreads) threads = wattle_threads_read (transaction, arguments, cancellable, error);
  g_autoptr (GVariant) who = g_variant_get_child_value (arguments, 0);
  Found *found;
  const char *user;

  if (threads == NULL)
    return NULL;
  g_variant_get_child (who, 0, "&s", &user);
  found = g_new0 (Found, 1);
  found->unread = threads->unread;
  found->arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  g_array_set_clear_func (found->arrivals, arrival_clear);
  for (guint i = 0; i < threads->entries->len; i++)
    {
      WattleEntry *entry = threads->entries->pdata[i];

      if (entry->type == WATTLE_RECORD_THREAD)
        find_arrival (wattle_transaction_reader (transaction), entry->record, user, found->arrivals);
    }
  return found;
}

static void
looked_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleMessageCourier *self = owner;
  Found *found = result;

  if (error != NULL || !wattle_context_is_ready (self->context))
    return;
  for (guint i = 0; i < found->arrivals->len; i++)
    {
      Arrival *arrival = &g_array_index (found->arrivals, Arrival, i);
      gint64 *told = g_hash_table_lookup (self->told, arrival->thread);
      g_autofree char *upto = wattle_instant_format (arrival->upto);
      g_autofree char *args
        = g_strdup_printf ("{\"id\":\"%s\",\"delivered_upto\":\"%s\"}", arrival->thread, upto);

      if (told != NULL && *told >= arrival->upto)
        continue;
      g_hash_table_insert (self->told, g_strdup (arrival->thread), g_memdup2 (&arrival->upto, sizeof arrival->upto));
      wattle_client_perform_async (wattle_context_client (self->context), "thread.mark", args, NULL, NULL, NULL);
    }
  if (self->unread == found->unread)
    return;
  self->unread = found->unread;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNREAD]);
}

static void
changed_cb (WattleContext *context, guint64 types, WattleMessageCourier *self)
{
  guint64 reads = WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD) | WATTLE_TYPE_BIT (WATTLE_RECORD_MESSAGE)
                  | WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD_MARK);

  if ((types & reads) == 0 || !wattle_context_is_ready (context) || wattle_context_actor (context) == NULL)
    return;
  wattle_context_load (context, look, wattle_threads_arguments (context, WATTLE_THREADS_CURRENT, NULL), found_free,
                       NULL, self, looked_cb);
}

static void
ready_cb (WattleContext *context, GParamSpec *pspec, WattleMessageCourier *self)
{
  g_hash_table_remove_all (self->told);
  changed_cb (context, WATTLE_ALL_TYPES, self);
}

static void
wattle_message_courier_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, WATTLE_MESSAGE_COURIER (object)->unread);
}

static void
wattle_message_courier_finalize (GObject *object)
{
  WattleMessageCourier *self = WATTLE_MESSAGE_COURIER (object);

  g_clear_object (&self->context);
  g_hash_table_unref (self->told);
  G_OBJECT_CLASS (wattle_message_courier_parent_class)->finalize (object);
}

static void
wattle_message_courier_class_init (WattleMessageCourierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wattle_message_courier_get_property;
  object_class->finalize = wattle_message_courier_finalize;
  props[PROP_UNREAD]
    = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wattle_message_courier_init (WattleMessageCourier *self)
{
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * wattle_message_courier_new:
 * @context: the context
 *
 * Returns: (transfer full): a courier that follows who is signed in
 */
WattleMessageCourier *
wattle_message_courier_new (WattleContext *context)
{
  WattleMessageCourier *self = g_object_new (WATTLE_TYPE_MESSAGE_COURIER, NULL);

  self->context = g_object_ref (context);
  g_signal_connect_object (context, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, 0);
  return self;
}
