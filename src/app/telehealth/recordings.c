/* recordings.c: filing what was recorded of calls, after their end and after a crash
 *
 * Both take the same way: whatever lies on this computer and is in no chart is filed in its chart.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/recordings.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "domain/retention.h"
#include "sync/recordings.h"

#define STATE "wattle-recordings"

/* Of one run of the program. */
typedef struct
{
  GtkApplication *application;
  WattleContext *context;
  gboolean busy;
  gboolean again;
  gboolean looked;     /* since somebody signed in */
  GHashTable *refused; /* ids of recordings that are in no chart because they may not be; of this run */
} Recordings;

typedef struct
{
  Recordings *recordings;
  char *id;
  char *hash;
  char *from;
  char *to;
  gboolean tell; /* when it is filed */
} Filing;

static void
filing_free (Filing *self)
{
  g_free (self->id);
  g_free (self->hash);
  g_free (self->from);
  g_free (self->to);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Filing, filing_free)

static void
recordings_free (gpointer data)
{
  Recordings *self = data;

  g_hash_table_unref (self->refused);
  g_free (self);
}

/**
 * wattle_recording_about:
 * @visit: id of the appointment
 * @patient: id
 * @started_at: microseconds since 1970
 *
 * Returns: (transfer full): what a recording is begun with, so that it can be filed whatever happens
 */
char *
wattle_recording_about (const char *visit, const char *patient, gint64 started_at)
{
  g_autofree char *started = wattle_instant_format (started_at);
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "visit", visit);
  wattle_json_pair_string (&writer, "patient", patient);
  wattle_json_pair_string (&writer, "started_at", started);
  wattle_json_end_object (&writer);
  return g_string_free (writer.out, FALSE);
}

static char *
make_arguments (Recordings *self, const WattleRecordingFile *file, WattleJsonNode about, gint64 started_at)
{
  g_autofree char *when = wattle_display_date_time (started_at, wattle_context_zone (self->context));
  g_autofree char *title = g_strdup_printf (_("Recording of the video visit, %s"), when);
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));
  char date[WATTLE_DATE_SIZE];
  gint64 day;

  wattle_zone_to_local (started_at, wattle_context_zone (self->context), &day, NULL, NULL);
  wattle_date_print (day, date);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "appointment", wattle_json_member_string (about, "visit"));
  wattle_json_pair_string (&writer, "started_at", wattle_json_member_string (about, "started_at"));
  wattle_json_name (&writer, "document");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "document");
  wattle_json_pair_string (&writer, "id", file->id);
  wattle_json_pair_string (&writer, "patient", wattle_json_member_string (about, "patient"));
  wattle_json_pair_string (&writer, "kind", "recording");
  wattle_json_pair_string (&writer, "title", title);
  wattle_json_pair_string (&writer, "document_date", date);
  wattle_json_pair_string (&writer, "media_type", WATTLE_RECORDING_MEDIA_TYPE);
  wattle_json_pair_integer (&writer, "size", (gint64) file->size);
  wattle_json_pair_string (&writer, "hash", file->hash);
  wattle_json_end_object (&writer);
  wattle_json_end_object (&writer);
  return g_string_free (writer.out, FALSE);
}

static void
show (Recordings *self, const char *heading, const char *sentence)
{
  GtkWidget *dialog = adw_message_dialog_new (gtk_application_get_active_window (self->application), heading, sentence);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* It stays on this computer, sealed, and its bytes are not sent; said once of each. */
static void
refused (Filing *filing, WattleClient *client, const GError *error)
{
  Recordings *self = filing->recordings;
  g_autofree char *sentence =
    g_strdup_printf (_("What was recorded of a video visit, from %s until %s, is kept on this computer, sealed, but is"
                        " not in the chart. %s"),
                     filing->from, filing->to, error->message);

  wattle_client_hold_recording (client, filing->hash);
  if (g_hash_table_add (self->refused, g_strdup (filing->id)))
    show (self, _("A Recording Is Not in the Chart"), sentence);
}

static void
filed_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (Filing) filing = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *operation = wattle_client_perform_finish (WATTLE_CLIENT (client), result, &error);
  g_autofree char *sentence = NULL;

  if (operation == NULL && g_strcmp0 (wattle_error_get_field (error), "consent") == 0)
    refused (filing, WATTLE_CLIENT (client), error);
  else if (operation == NULL)
    g_warning ("a recording was not filed and stays where it is: %s", error->message);
  else if (g_hash_table_remove (filing->recordings->refused, filing->id))
    show (filing->recordings, _("A Recording Was Filed"),
          _("A recording that was kept on this computer is filed in the chart now."));
  else if (filing->tell)
    {
      sentence = g_strdup_printf (_("Wattle ended before the recording of a video visit was filed. What was "
                                     "recorded, from %s until %s, was kept and is filed in the chart now."),
                                  filing->from, filing->to);
      show (filing->recordings, _("A Recording Was Kept"), sentence);
    }
}

static void
file_one (Recordings *self, const WattleRecordingFile *file, gboolean tell)
{
  g_autoptr (WattleJson) json = wattle_json_parse (file->about, -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  g_autofree char *arguments = NULL;
  gint64 started_at;
  Filing *filing;

  if (json == NULL || !wattle_json_member_instant (wattle_json_root (json), "started_at", &started_at))
    return;
  arguments = make_arguments (self, file, wattle_json_root (json), started_at);
  filing = g_new0 (Filing, 1);
  filing->recordings = self;
  filing->id = g_strdup (file->id);
  filing->hash = g_strdup (file->hash);
  filing->from = wattle_display_date_time (started_at, wattle_context_zone (self->context));
  filing->to = wattle_display_time (file->ended_at, wattle_context_zone (self->context));
  filing->tell = tell;
  wattle_client_perform_async (wattle_context_client (self->context), "recording.file", arguments, NULL, filed_cb,
                               filing);
}

static void look (Recordings *self);

static void
found_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  Recordings *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = wattle_client_find_recordings_finish (WATTLE_CLIENT (client), result, &error);
  gboolean tell = !self->looked;

  self->busy = FALSE;
  if (found == NULL)
    {
      g_debug ("recordings were not looked for: %s", error->message);
      return;
    }
  self->looked = TRUE;
  for (guint i = 0; i < found->len; i++)
    file_one (self, g_ptr_array_index (found, i), tell);
  if (self->again)
    look (self);
}

static void
look (Recordings *self)
{
  WattleClient *client = wattle_context_client (self->context);

  self->again = self->busy;
  if (self->busy || client == NULL || !wattle_context_is_ready (self->context)
      || !wattle_context_may (self->context, "recording.file"))
    return;
  self->busy = TRUE;
  wattle_client_find_recordings_async (client, NULL, found_cb, self);
}

static void
ready_cb (WattleContext *context)
{
  Recordings *self = g_object_get_data (G_OBJECT (context), STATE);

  self->looked = FALSE;
  look (self);
}

/* A consent that comes later lets in what waits for it. */
static void
changed_cb (WattleContext *context, guint64 types)
{
  Recordings *self = g_object_get_data (G_OBJECT (context), STATE);
  guint64 wanted = WATTLE_TYPE_BIT (WATTLE_RECORD_CONSENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_CALL_REPORT);

  if ((types & wanted) != 0 && g_hash_table_size (self->refused) > 0)
    look (self);
}

/**
 * wattle_recordings_file:
 * @context: the context
 *
 * Files what was recorded on this computer and is in no chart yet.
 */
void
wattle_recordings_file (WattleContext *context)
{
  look (g_object_get_data (G_OBJECT (context), STATE));
}

/**
 * wattle_recordings_watch:
 * @application: the application
 * @context: the context
 *
 * Each time somebody signs in, files what was recorded before and tells them.
 */
void
wattle_recordings_watch (GtkApplication *application, WattleContext *context)
{
  Recordings *self = g_new0 (Recordings, 1);

  self->application = application;
  self->context = context;
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_object_set_data_full (G_OBJECT (context), STATE, self, recordings_free);
  g_signal_connect (context, "notify::ready", G_CALLBACK (ready_cb), NULL);
  g_signal_connect (context, "changed", G_CALLBACK (changed_cb), NULL);
}
