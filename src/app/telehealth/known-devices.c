/* known-devices.c: whose code was compared once on this computer, and need not be again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/known-devices.h"

#include "base/json.h"

#define DRAFT "call-devices"
#define MAX_KNOWN 200

typedef struct
{
  WattleClient *client;
  WattleConsult *consult; /* weak */
  GHashTable *known;      /* identities */
} Known;

static void
known_free (gpointer data)
{
  Known *self = data;

  g_clear_weak_pointer (&self->consult);
  g_object_unref (self->client);
  g_hash_table_unref (self->known);
}

static void
known_unref (gpointer data, GClosure *closure)
{
  g_rc_box_release_full (data, known_free);
}

static void
found_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  Known *self = data;
  g_autofree char *text = wattle_client_find_draft_finish (WATTLE_CLIENT (client), result, NULL);
  g_autoptr (WattleJson) json = text != NULL ? wattle_json_parse (text, -1, &WATTLE_JSON_WIRE_LIMITS, NULL) : NULL;
  WattleJsonNode list =
    json != NULL ? wattle_json_member (wattle_json_root (json), "devices") : (WattleJsonNode){ NULL, 0 };

  for (guint i = 0; json != NULL && i < MIN (wattle_json_length (list), MAX_KNOWN); i++)
    {
      const char *identity = wattle_json_string (wattle_json_element (list, i));

      if (identity == NULL)
        continue;
      g_hash_table_add (self->known, g_strdup (identity));
      if (self->consult != NULL)
        wattle_consult_know_device (self->consult, identity);
    }
  known_unref (self, NULL);
}

/* This computer alone remembers it, sealed. */
static void
recognised_cb (WattleConsult *consult, const char *identity, Known *self)
{
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));
  g_autofree char *text = NULL;
  GHashTableIter iter;
  gpointer known;

  g_hash_table_add (self->known, g_strdup (identity));
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "devices");
  wattle_json_begin_array (&writer);
  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, &known, NULL))
    wattle_json_put_string (&writer, known);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  text = g_string_free (writer.out, FALSE);
  wattle_client_keep_draft_async (self->client, DRAFT, text, NULL, NULL, NULL);
}

/**
 * wattle_known_devices_follow:
 * @client: what keeps them
 * @consult: a consult, which is told of those that are known and tells of new ones
 */
void
wattle_known_devices_follow (WattleClient *client, WattleConsult *consult)
{
  Known *self = g_rc_box_new0 (Known);

  self->client = g_object_ref (client);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_set_weak_pointer (&self->consult, consult);
  g_signal_connect_data (consult, "recognised", G_CALLBACK (recognised_cb), g_rc_box_acquire (self), known_unref, 0);
  wattle_client_find_draft_async (client, DRAFT, NULL, found_cb, self);
}
