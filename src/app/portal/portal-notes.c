/* portal-notes.c: the notes that a clinician let the patient read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-notes.h"

#include <glib/gi18n-lib.h>

#include "app/notes/note-reading.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"

struct _WattlePortalNotes
{
  WattlePortalView parent;
};

G_DEFINE_FINAL_TYPE (WattlePortalNotes, wattle_portal_notes, WATTLE_TYPE_PORTAL_VIEW)

/* An addendum is read below its note, unless it alone was released. */
static gboolean
stands_below (WattlePortalReading *reading, WattleRecord *note)
{
  const char *parent = wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_ADDENDUM_TO);
  g_autoptr (WattleRecord) found =
    parent != NULL ? wattle_reader_get (reading->reader, WATTLE_RECORD_PROGRESS_NOTE, parent, NULL) : NULL;

  return found != NULL;
}

static WattleEntry *
entry_of (WattlePortalReading *reading, WattleRecord *note)
{
  WattleEntry *entry = wattle_entry_new (note);

  entry->title = wattle_date_display_long (wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE));
  entry->subtitle = wattle_portal_name (reading, wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_AUTHOR));
  return entry;
}

static gpointer
read_portal (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PROGRESS_NOTE);
  WattlePortalReading reading;
  g_autoptr (WattlePortal) portal = wattle_portal_begin (&reading, transaction, arguments, error);
  g_autoptr (GPtrArray) notes = NULL;
  GPtrArray *group;

  if (portal == NULL)
    return NULL;
  wattle_query_order_by (&query, WATTLE_PROGRESS_NOTE_NOTE_DATE, TRUE);
  notes = wattle_portal_released (&reading, &query, WATTLE_PROGRESS_NOTE_PATIENT, error);
  if (notes == NULL)
    return NULL;
  group = wattle_portal_group (portal, _("Shared with You"), _("Your clinicians chose to let you read these."));
  for (guint i = 0; i < notes->len; i++)
    if (!stands_below (&reading, notes->pdata[i]))
      g_ptr_array_add (group, entry_of (&reading, notes->pdata[i]));
  return g_steal_pointer (&portal);
}

static void
open_row (WattlePortalView *view, WattleEntryRow *row)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/au/wattle/Wattle/portal/portal-note.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));
  AdwBin *reading = ADW_BIN (gtk_builder_get_object (builder, "reading"));

  adw_bin_set_child (reading,
                     wattle_note_reading_new (wattle_view_context (WATTLE_VIEW (view)), wattle_entry_row_record (row),
                                              adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row))));
  gtk_window_set_transient_for (window, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (view))));
  gtk_window_present (window);
}

static void
wattle_portal_notes_class_init (WattlePortalNotesClass *klass)
{
  WattlePortalViewClass *portal_class = WATTLE_PORTAL_VIEW_CLASS (klass);

  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_PROGRESS_NOTE)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTITIONER);
  portal_class->read = read_portal;
  portal_class->open = open_row;
  portal_class->icon = "text-x-generic-symbolic";
  portal_class->empty = N_("No Notes Yet");
  portal_class->empty_text =
    N_("When your clinician shares a note of a visit with you, you can read it here. You may ask for it.");
  portal_class->type = WATTLE_RECORD_PROGRESS_NOTE;
}

static void
wattle_portal_notes_init (WattlePortalNotes *self)
{
}
