/* fake-engine.c: the facade of the engine without an engine: it remembers what it was told, and says what a test wants
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fake-engine.h"

#include <string.h>

#include "base/error.h"

struct _WattleCallEngine
{
  GObject parent_instance;

  GString *log;
  gboolean dead;
};

G_DEFINE_FINAL_TYPE (WattleCallEngine, wattle_call_engine, G_TYPE_OBJECT)

static void
wattle_call_engine_finalize (GObject *object)
{
  g_string_free (WATTLE_CALL_ENGINE (object)->log, TRUE);
  G_OBJECT_CLASS (wattle_call_engine_parent_class)->finalize (object);
}

static void
add (const char *name, guint n, GType a, GType b, GType c, GType d)
{
  g_signal_new (name, WATTLE_TYPE_CALL_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n, a, b, c, d);
}

static void
wattle_call_engine_class_init (WattleCallEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_call_engine_finalize;
  add ("description", 4, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  add ("candidate", 4, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_STRING);
  add ("peer-state", 4, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_INT, G_TYPE_STRING);
  add ("text", 2, G_TYPE_STRING, G_TYPE_BYTES, G_TYPE_NONE, G_TYPE_NONE);
  add ("sound", 2, G_TYPE_STRING, G_TYPE_BYTES, G_TYPE_NONE, G_TYPE_NONE);
  add ("stats", 2, G_TYPE_STRING, G_TYPE_VARIANT, G_TYPE_NONE, G_TYPE_NONE);
  add ("died", 1, G_TYPE_STRING, G_TYPE_NONE, G_TYPE_NONE, G_TYPE_NONE);
}

static void
wattle_call_engine_init (WattleCallEngine *self)
{
  self->log = g_string_new (NULL);
}

WattleCallEngine *
wattle_call_engine_new (const char *program)
{
  return g_object_new (WATTLE_TYPE_CALL_ENGINE, NULL);
}

char *
fake_engine_take_log (WattleCallEngine *self)
{
  char *log = g_strdup (self->log->str);

  g_string_truncate (self->log, 0);
  return log;
}

void
fake_engine_tell (WattleCallEngine *self, const char *peer, guint generation, WattleCallPeerState state)
{
  g_signal_emit_by_name (self, "peer-state", peer, generation, (int) state, NULL);
}

void
fake_engine_tell_quality (WattleCallEngine *self, const char *peer, const char *quality)
{
  g_autoptr (GVariant) figures =
    g_variant_ref_sink (g_variant_new_parsed ("{'quality': <%s>, 'path': <'relay'>}", quality));

  g_signal_emit_by_name (self, "stats", peer, figures);
}

void
fake_engine_text (WattleCallEngine *self, const char *peer, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  g_signal_emit_by_name (self, "text", peer, bytes);
}

void
fake_engine_die (WattleCallEngine *self)
{
  self->dead = TRUE;
  g_signal_emit_by_name (self, "died", "The media engine ended.");
  self->dead = FALSE;
}

void
wattle_call_engine_stop (WattleCallEngine *self)
{
  g_string_append (self->log, "stop\n");
}

gboolean
wattle_call_engine_is_running (WattleCallEngine *self)
{
  return !self->dead;
}

void
wattle_call_engine_set_servers (
  WattleCallEngine *self, const WattleCallServer *servers, gsize n_servers, gboolean relay_only)
{
  g_string_append_printf (self->log, "servers %u %s\n", (guint) n_servers, relay_only ? "relay" : "all");
}

gboolean
wattle_call_engine_connect_peer (
  WattleCallEngine *self, const char *peer, guint generation, gboolean offers, GError **error)
{
  g_string_append_printf (self->log, "connect %s %u%s\n", peer, generation, offers ? " offers" : "");
  if (offers)
    g_signal_emit_by_name (self, "description", peer, generation, "offer", "the offer");
  return TRUE;
}

void
wattle_call_engine_remove_peer (WattleCallEngine *self, const char *peer)
{
  g_string_append_printf (self->log, "remove %s\n", peer);
}

gboolean
wattle_call_engine_take_description (
  WattleCallEngine *self, const char *peer, guint generation, const char *kind, const char *sdp, GError **error)
{
  if (strcmp (sdp, "the offer") != 0 && strcmp (sdp, "the answer") != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "sdp", "This is no description.");
      return FALSE;
    }
  g_string_append_printf (self->log, "%s %s %u\n", kind, peer, generation);
  if (strcmp (kind, "offer") == 0)
    {
      g_signal_emit_by_name (self, "description", peer, generation, "answer", "the answer");
      g_signal_emit_by_name (self, "candidate", peer, generation, 0, "the candidate");
    }
  return TRUE;
}

gboolean
wattle_call_engine_take_candidate (
  WattleCallEngine *self, const char *peer, guint generation, guint mline, const char *candidate, GError **error)
{
  g_string_append_printf (self->log, "candidate %s %u\n", peer, generation);
  return TRUE;
}

void
wattle_call_engine_set_microphone (WattleCallEngine *self, gboolean on)
{
  g_string_append_printf (self->log, "microphone %d\n", on);
}

void
wattle_call_engine_set_camera (WattleCallEngine *self, gboolean on)
{
  g_string_append_printf (self->log, "camera %d\n", on);
}

void
wattle_call_engine_listen (WattleCallEngine *self, gboolean on)
{
  g_string_append_printf (self->log, "listen %d\n", on);
}

void
wattle_call_engine_set_video_limit (WattleCallEngine *self, guint kilobits)
{
  g_string_append_printf (self->log, "limit %s\n", kilobits == 0 ? "0" : "none");
}

gboolean
wattle_call_engine_send_text (WattleCallEngine *self, const char *peer, GBytes *text, GError **error)
{
  gsize length;
  const char *bytes = g_bytes_get_data (text, &length);

  g_string_append_printf (self->log, "text %s %.*s\n", peer, (int) length, bytes);
  return TRUE;
}
