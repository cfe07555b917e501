/* network.c: a network that loses, delays, repeats, tears and is not there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"

#define SIM_TYPE_TRANSPORT (sim_transport_get_type ())
G_DECLARE_FINAL_TYPE (SimTransport, sim_transport, SIM, TRANSPORT, GObject)

struct _SimTransport
{
  GObject parent_instance;

  SimClient *client;
};

static void sim_transport_iface_init (WattleTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SimTransport,
                               sim_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_TRANSPORT, sim_transport_iface_init))

/* A copy of a request that arrives when nobody waits for its answer any more. */
typedef struct
{
  char *method;
  char *path;
  char *token;
  GBytes *body;
} Late;

static void
late_free (Late *self)
{
  g_free (self->method);
  g_free (self->path);
  g_free (self->token);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

static void
keep_late (SimWorld *world, const SimCall *call)
{
  Late *late = g_new0 (Late, 1);

  late->method = g_strdup (call->method);
  late->path = g_strdup (call->path);
  late->token = g_strdup (call->token);
  late->body = call->body != NULL ? g_bytes_ref (call->body) : NULL;
  g_queue_push_tail (&world->late, late);
}

/* One of the requests that are under way arrives, in any order. */
void
sim_world_deliver_late (SimWorld *self, gboolean drop)
{
  Late *late = g_queue_pop_nth (&self->late, sim_chance (self, self->late.length));
  SimCall call = { .method = late->method, .path = late->path, .token = late->token, .body = late->body };
  g_auto (SimAnswer) answer = { 0 };

  if (!drop)
    {
      sim_world_ask (self, &call, &answer);
      sim_log (self, "late %s %u", late->path, answer.status);
    }
  late_free (late);
}

static gboolean
lose (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_OFFLINE, NULL, "The server cannot be reached.");
  return FALSE;
}

/* SIM_BUG_TWICE: the same acts under other names. */
static GBytes *
disguise (SimWorld *world, GBytes *body)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr (GString) out = g_string_new_len (text, length);

  for (guint i = 0; i < world->deeds->len; i++)
    {
      SimDeed *deed = world->deeds->pdata[i];
      g_autofree char *from = g_strdup_printf ("\"id\":\"%s\",\"name\"", deed->id);
      g_autofree char *id = wattle_id_new ();
      g_autofree char *to = g_strdup_printf ("\"id\":\"%s\",\"name\"", id);

      g_string_replace (out, from, to, 1);
    }
  g_string_replace (out, "{\"n\":", "{\"n\":77", 0);
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

static void
repeat (SimWorld *world, const SimCall *call)
{
  SimCall again = *call;
  g_autoptr (GBytes) body = NULL;
  g_auto (SimAnswer) unheard = { 0 };

  if (world->bug == SIM_BUG_TWICE && strcmp (call->path, "/operations") == 0)
    again.body = body = disguise (world, call->body);
  sim_world_ask (world, &again, &unheard);
  sim_log (world, "repeat %s %u", call->path, unheard.status);
}

/* SIM_BUG_KEEP: a page without its lines of loss, and with a good checksum. */
static void
leave_out_losses (WattleResponse *response)
{
  gsize length;
  const char *text = g_bytes_get_data (response->body, &length);
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  g_autoptr (GString) out = g_string_new (NULL);
  guint8 hash[32];
  char sum[65];

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      char *checksum = strstr (lines[i], "\"checksum\":\"");

      if (g_str_has_prefix (lines[i], "{\"lost\"") || g_str_has_prefix (lines[i], "{\"delete\""))
        continue;
      if (g_str_has_prefix (lines[i], "{\"to\"") && checksum != NULL)
        {
          crypto_generichash (hash, sizeof hash, (const guint8 *) out->str, out->len, NULL, 0);
          memcpy (checksum + strlen ("\"checksum\":\""), sodium_bin2hex (sum, sizeof sum, hash, sizeof hash), 64);
        }
      g_string_append_printf (out, "%s\n", lines[i]);
    }
  g_bytes_unref (response->body);
  response->body = g_string_free_to_bytes (g_steal_pointer (&out));
}

static void
tear (SimWorld *world, WattleResponse *response)
{
  gsize length = g_bytes_get_size (response->body);
  GBytes *whole = response->body;

  if (length < 2)
    return;
  response->body = g_bytes_new (g_bytes_get_data (whole, NULL), sim_chance (world, length));
  g_bytes_unref (whole);
}

static gboolean
carry (SimClient *client, const SimCall *call, WattleResponse *response, GError **error)
{
  SimWorld *world = client->world;
  g_auto (SimAnswer) answer = { 0 };
  guint dice = world->calm ? G_MAXUINT : sim_chance (world, 100);

  if (dice < 5)
    return lose (error);
  if (dice < 9 && strcmp (call->path, "/operations") == 0)
    {
      keep_late (world, call);
      return lose (error);
    }
  if (dice < 14)
    repeat (world, call);
  if (!sim_world_ask (world, call, &answer) || dice < 20 || client->crashed || client->deaf)
    return lose (error);
  response->status = answer.status;
  response->body = g_bytes_ref (answer.body);
  response->retry_after = answer.retry_after;
  response->upload_offset = answer.upload_offset;
  if (dice < 23)
    tear (world, response);
  else if (world->bug == SIM_BUG_KEEP && answer.status == 200 && g_str_has_prefix (call->path, "/changes"))
    leave_out_losses (response);
  return TRUE;
}

static gboolean
sim_transport_send (WattleTransport *transport,
                    const WattleRequest *request,
                    WattleResponse *response,
                    GCancellable *cancellable,
                    GError **error)
{
  SimClient *client = SIM_TRANSPORT (transport)->client;
  SimWorld *world = client->world;
  SimCall call = { .method = request->method,
                   .path = request->path,
                   .token = request->token,
                   .body = request->body,
                   .upload_offset = request->upload_offset,
                   .upload_length = request->upload_length };
  /* A session that is being renewed is held; nobody acts on that screen meanwhile. */
  gboolean alone = g_str_has_prefix (request->path, "/sessions");
  gboolean heard;

  sim_tick (world, (1 + sim_chance (world, 40)) * WATTLE_SECOND / 1000);
  if (client->crashed || client->cut_off)
    return lose (error);
  if (!alone)
    sim_world_interrupt (world, client);
  if (client->crashed)
    return lose (error);
  heard = carry (client, &call, response, error);
  sim_log (world, "%u %s %.40s %u, %zu bytes", client->index, call.method, call.path, heard ? response->status : 0,
           heard ? g_bytes_get_size (response->body) : 0);
  if (!alone)
    sim_world_interrupt (world, client);
  if (heard && !client->crashed)
    return TRUE;
  if (heard)
    wattle_response_clear (response);
  return heard ? lose (error) : FALSE;
}

static void
sim_transport_listen (WattleTransport *transport, const char *token, WattleEventsFunc func, gpointer data)
{
}

static void
sim_transport_hang_up (WattleTransport *transport)
{
}

static void
sim_transport_iface_init (WattleTransportInterface *iface)
{
  iface->send = sim_transport_send;
  iface->listen = sim_transport_listen;
  iface->hang_up = sim_transport_hang_up;
}

static void
sim_transport_class_init (SimTransportClass *klass)
{
}

static void
sim_transport_init (SimTransport *self)
{
}

WattleTransport *
sim_transport_new (SimClient *client)
{
  SimTransport *self = g_object_new (SIM_TYPE_TRANSPORT, NULL);

  self->client = client;
  return WATTLE_TRANSPORT (self);
}
