/* notes-page.c: the notes of a patient: a list, and the one that is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/notes/notes-page.h"

#include <glib/gi18n-lib.h>

#include "app/notes/note-compare.h"
#include "app/notes/note-editor.h"
#include "app/notes/note-reading.h"
#include "app/widgets/display.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/id.h"

struct _WattleNotesPage
{
  WattleChartPage parent;
  GPtrArray *notes;  /* WattleRecord, as last read */
  GPtrArray *visits; /* WattleRecord */
  GPtrArray *devices; /* ids */
  gboolean is_read;
  gboolean looked;       /* for a note that a crash left in the journal */
  gboolean create_next;  /* a new note was asked for before the chart was read */
  WattleRecordType next; /* what was asked for before the chart was read */
  char *next_id;
  char *new_visit; /* (nullable): the visit that the note to be made is about */
  WattleRecord *elsewhere; /* (nullable): the note whose editor went to another window */
  AdwLeaflet *leaflet;
  GtkWidget *list;
  GtkWidget *open;
  GtkWidget *new_button;
  GtkListBox *rows;
  GtkWidget *back;
  GtkStack *stack;
  AdwBin *note;
  GtkWidget *siblings;
};

G_DEFINE_FINAL_TYPE (WattleNotesPage, wattle_notes_page, WATTLE_TYPE_CHART_PAGE)

static WattleRecord *
find (GPtrArray *records, const char *id)
{
  for (guint i = 0; id != NULL && i < records->len; i++)
    if (g_str_equal (wattle_record_id (g_ptr_array_index (records, i)), id))
      return g_ptr_array_index (records, i);
  return NULL;
}

static GPtrArray *
records_of (GPtrArray *entries)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (records, g_object_ref (((WattleEntry *) g_ptr_array_index (entries, i))->record));
  return records;
}

static char *
about_of (WattleNotesPage *self, WattleRecord *note)
{
  WattleRecord *visit = find (self->visits, wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_APPOINTMENT));
  gint64 date = wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE);
  g_autofree char *day = wattle_date_display_long (date);
  g_autofree char *at = NULL;

  if (visit == NULL)
    return g_strdup_printf (_("%s · not about a visit"), day);
  at = wattle_display_date_time (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                                 wattle_context_zone (wattle_view_context (WATTLE_VIEW (self))));
  return g_strdup_printf (_("About the visit of %s"), at);
}

static WattleNoteEditor *
editor (WattleNotesPage *self)
{
  GtkWidget *child = adw_bin_get_child (self->note);

  return WATTLE_IS_NOTE_EDITOR (child) ? WATTLE_NOTE_EDITOR (child) : NULL;
}

/* Whether @beside is what a device of one's own made of a text whose draft had been written on elsewhere: see
 * note.save. */
static gboolean
stands_beside (WattleNotesPage *self, WattleRecord *note, WattleRecord *beside)
{
  for (guint i = 0; i < self->devices->len; i++)
    {
      g_autofree char *id = wattle_id_derive (wattle_record_id (note), g_ptr_array_index (self->devices, i));

      if (g_str_equal (id, wattle_record_id (beside)))
        return TRUE;
    }
  return FALSE;
}

/* The other draft of the same note: by the same author about the same visit, or split off on a device of theirs. */
static WattleRecord *
sibling_of (WattleNotesPage *self, WattleRecord *note)
{
  for (guint i = 0; i < self->notes->len; i++)
    {
      WattleRecord *other = g_ptr_array_index (self->notes, i);

      if (wattle_record_get_integer (other, WATTLE_PROGRESS_NOTE_STATUS) == WATTLE_NOTE_STATUS_DRAFT
          && !g_str_equal (wattle_record_id (other), wattle_record_id (note))
          && wattle_record_equal_field (other, note, WATTLE_PROGRESS_NOTE_AUTHOR)
          && wattle_record_equal_field (other, note, WATTLE_PROGRESS_NOTE_APPOINTMENT)
          && (wattle_record_has (note, WATTLE_PROGRESS_NOTE_APPOINTMENT) || stands_beside (self, note, other)
              || stands_beside (self, other, note)))
        return other;
    }
  return NULL;
}

static void
show_siblings (WattleNotesPage *self)
{
  WattleNoteEditor *now = editor (self);
  WattleRecord *saved = now != NULL ? find (self->notes, wattle_record_id (wattle_note_editor_note (now))) : NULL;

  gtk_widget_set_visible (self->siblings, saved != NULL && sibling_of (self, saved) != NULL);
}

static void
kept_cb (GtkWidget *widget, const char *id)
{
  WattleNotesPage *self = WATTLE_NOTES_PAGE (widget);
  WattleNoteEditor *now = editor (self);

  if (now == NULL || g_str_equal (wattle_record_id (wattle_note_editor_note (now)), id))
    {
      wattle_view_refresh (WATTLE_VIEW (self));
      return;
    }
  wattle_note_editor_abandon (now);
  g_free (self->next_id);
  self->next_id = g_strdup (id);
  self->next = WATTLE_RECORD_PROGRESS_NOTE;
  adw_bin_set_child (self->note, NULL);
  wattle_view_refresh (WATTLE_VIEW (self));
}

static void
compare_cb (WattleNotesPage *self)
{
  WattleNoteEditor *now = editor (self);
  WattleRecord *saved = NULL;
  WattleRecord *other = NULL;

  if (now == NULL)
    return;
  wattle_note_editor_save (now);
  saved = wattle_note_editor_note (now);
  other = sibling_of (self, saved);
  if (other != NULL)
    wattle_note_compare_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), saved, other, kept_cb);
}

static void
show_note (WattleNotesPage *self, GtkWidget *widget)
{
  adw_bin_set_child (self->note, widget);
  gtk_stack_set_visible_child_name (self->stack, widget != NULL ? "note" : "none");
  adw_leaflet_set_visible_child (self->leaflet, widget != NULL ? self->open : self->list);
  show_siblings (self);
  if (widget != NULL)
    gtk_widget_grab_focus (widget);
}

static void write_here_cb (WattleNotesPage *self);

static void
signed_cb (WattleNotesPage *self, WattleNoteEditor *which)
{
  g_free (self->next_id);
  self->next_id = g_strdup (wattle_record_id (wattle_note_editor_note (which)));
  self->next = WATTLE_RECORD_PROGRESS_NOTE;
  show_note (self, NULL);
  wattle_view_refresh (WATTLE_VIEW (self));
}

static void
discarded_cb (WattleNotesPage *self)
{
  show_note (self, NULL);
  wattle_view_refresh (WATTLE_VIEW (self));
}

/* What stands where the editor was. */
static void
let_go (WattleNotesPage *self, WattleNoteEditor *which)
{
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Write Here"));

  g_set_object (&self->elsewhere, wattle_note_editor_note (which));
  g_signal_handlers_disconnect_by_data (which, self);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "accessories-text-editor-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _("This Note Is Open in Another Window"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), _("It is one note: what you typed here went along."));
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (page, "compact");
  g_signal_connect_object (button, "clicked", G_CALLBACK (write_here_cb), self, G_CONNECT_SWAPPED);
  adw_status_page_set_child (ADW_STATUS_PAGE (page), button);
  adw_bin_set_child (self->note, page);
}

static void
watch (WattleNotesPage *self, GtkWidget *widget)
{
  g_signal_connect_object (widget, "signed", G_CALLBACK (signed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (widget, "discarded", G_CALLBACK (discarded_cb), self, G_CONNECT_SWAPPED);
}

/* One draft has one editor, however many windows there are: it comes here with all that was typed. */
static void
take_over (WattleNotesPage *self, WattleNoteEditor *which)
{
  GtkWidget *widget = g_object_ref (GTK_WIDGET (which));
  GtkWidget *before = gtk_widget_get_ancestor (widget, WATTLE_TYPE_NOTES_PAGE);

  if (before != NULL)
    let_go (WATTLE_NOTES_PAGE (before), which);
  watch (self, widget);
  show_note (self, widget);
  g_object_unref (widget);
}

static void
edit_note (WattleNotesPage *self, WattleRecord *note, gboolean is_saved)
{
  WattleNoteEditor *now = editor (self);
  WattleNoteEditor *other = wattle_note_editor_find (note);
  g_autofree char *about = about_of (self, note);
  GtkWidget *widget;

  if (now != NULL && g_str_equal (wattle_record_id (wattle_note_editor_note (now)), wattle_record_id (note)))
    {
      adw_leaflet_set_visible_child (self->leaflet, self->open);
      gtk_widget_grab_focus (GTK_WIDGET (now));
      return;
    }
  if (other != NULL && other != now)
    {
      take_over (self, other);
      return;
    }
  widget = wattle_note_editor_new (wattle_view_context (WATTLE_VIEW (self)), note, is_saved, about);
  watch (self, widget);
  show_note (self, widget);
}

/* The window in which it was may be gone: then it is among the notes. */
static void
write_here_cb (WattleNotesPage *self)
{
  g_autoptr (WattleRecord) note = g_steal_pointer (&self->elsewhere);
  WattleNoteEditor *open = note != NULL ? wattle_note_editor_find (note) : NULL;

  if (open != NULL)
    {
      take_over (self, open);
      return;
    }
  g_free (self->next_id);
  self->next_id = note != NULL ? g_strdup (wattle_record_id (note)) : NULL;
  self->next = WATTLE_RECORD_PROGRESS_NOTE;
  show_note (self, NULL);
  wattle_view_refresh (WATTLE_VIEW (self));
}

static void
open_note (WattleNotesPage *self, WattleRecord *note)
{
  g_autofree char *about = NULL;

  if (wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_STATUS) == WATTLE_NOTE_STATUS_DRAFT)
    {
      edit_note (self, note, TRUE);
      return;
    }
  about = about_of (self, note);
  show_note (self, wattle_note_reading_new (wattle_view_context (WATTLE_VIEW (self)), note, about));
}

/* A new note is about the visit that goes on now, when there is one without a note. */
static WattleRecord *
current_visit (WattleNotesPage *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  const WattleActor *actor = wattle_context_actor (context);

  for (guint i = 0; i < self->visits->len; i++)
    {
      WattleRecord *visit = g_ptr_array_index (self->visits, i);
      int status = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS);
      gint64 date;

      wattle_zone_to_local (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                            wattle_context_zone (context), &date, NULL, NULL);
      if (date == wattle_context_today (context)
          && g_strcmp0 (wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER), actor->practitioner) == 0
          && (status == WATTLE_APPOINTMENT_STATUS_ARRIVED || status == WATTLE_APPOINTMENT_STATUS_IN_VISIT
              || status == WATTLE_APPOINTMENT_STATUS_COMPLETED))
        return visit;
    }
  return NULL;
}

static WattleRecord *
note_about (WattleNotesPage *self, const char *visit)
{
  for (guint i = 0; visit != NULL && i < self->notes->len; i++)
    {
      WattleRecord *note = g_ptr_array_index (self->notes, i);

      if (g_strcmp0 (wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_APPOINTMENT), visit) == 0)
        return note;
    }
  return NULL;
}

static WattleRecord *
new_note (WattleNotesPage *self, const char *id, const char *visit_id)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  WattleRecord *visit = find (self->visits, visit_id);
  WattleRecord *note = wattle_record_new (WATTLE_RECORD_PROGRESS_NOTE);
  g_autofree char *made = id == NULL || !wattle_id_is_valid (id) ? wattle_id_new () : NULL;
  gint64 date = wattle_context_today (context);

  wattle_record_set_id (note, made != NULL ? made : id);
  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_PATIENT,
                            wattle_chart_page_patient_id (WATTLE_CHART_PAGE (self)));
  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_AUTHOR, wattle_context_actor (context)->practitioner);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_KIND, WATTLE_NOTE_KIND_SOAP);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_NOTE_STATUS_DRAFT);
  if (visit != NULL)
    {
      wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_APPOINTMENT, visit_id);
      wattle_zone_to_local (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                            wattle_context_zone (context), &date, NULL, NULL);
    }
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE, date);
  return note;
}

/* What a crash left in the journal before it was saved once: it comes back under the id it had. */
static gboolean
restore_journalled (WattleNotesPage *self, const char *json)
{
  g_autoptr (WattleJson) parsed = json != NULL ? wattle_json_parse (json, -1, &WATTLE_JSON_WIRE_LIMITS, NULL) : NULL;
  const char *id = parsed != NULL ? wattle_json_member_string (wattle_json_root (parsed), "note") : NULL;
  WattleRecord *saved = find (self->notes, id);
  g_autofree char *key = wattle_note_new_draft_key (wattle_chart_page_patient_id (WATTLE_CHART_PAGE (self)));
  g_autoptr (WattleRecord) note = NULL;

  if (id == NULL)
    return FALSE;
  if (saved != NULL)
    {
      /* It was saved after all, and is in the list. */
      wattle_client_drop_draft_async (wattle_context_client (wattle_view_context (WATTLE_VIEW (self))), key);
      return FALSE;
    }
  note = new_note (self, id, wattle_json_member_string (wattle_json_root (parsed), "appointment"));
  /* It is being typed in another window just now. */
  if (wattle_note_editor_find (note) != NULL)
    return FALSE;
  edit_note (self, note, FALSE);
  return TRUE;
}

static void
begin_note (WattleNotesPage *self)
{
  g_autoptr (WattleRecord) note = new_note (self, NULL, self->new_visit);

  self->create_next = FALSE;
  edit_note (self, note, FALSE);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleNotesPage) self = data;
  g_autofree char *json = wattle_client_find_draft_finish (WATTLE_CLIENT (source), result, NULL);

  self->looked = TRUE;
  if (!wattle_context_is_ready (wattle_view_context (WATTLE_VIEW (self))) || editor (self) != NULL)
    return;
  if (!restore_journalled (self, json) && self->create_next)
    begin_note (self);
  self->create_next = FALSE;
}

static void
look_for_journalled (WattleNotesPage *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  g_autofree char *key = wattle_note_new_draft_key (wattle_chart_page_patient_id (WATTLE_CHART_PAGE (self)));

  wattle_client_find_draft_async (wattle_context_client (context), key, NULL, looked_cb, g_object_ref (self));
}

static void
write_about (WattleNotesPage *self, const char *visit)
{
  WattleRecord *note = note_about (self, visit);
  WattleNoteEditor *now = editor (self);

  self->create_next = FALSE;
  if (note != NULL)
    {
      open_note (self, note);
      return;
    }
  if (!gtk_widget_get_visible (self->new_button))
    return;
  /* The note that is open and not saved yet is the new one: there is never a second. */
  if (now != NULL && find (self->notes, wattle_record_id (wattle_note_editor_note (now))) == NULL)
    {
      edit_note (self, wattle_note_editor_note (now), FALSE);
      return;
    }
  g_free (self->new_visit);
  self->new_visit = g_strdup (visit);
  self->create_next = TRUE;
  show_note (self, NULL);
  look_for_journalled (self);
}

static void
do_what_was_asked (WattleNotesPage *self)
{
  g_autofree char *id = g_steal_pointer (&self->next_id);
  WattleRecord *note = id != NULL ? find (self->notes, id) : NULL;

  if (id != NULL && self->next == WATTLE_RECORD_APPOINTMENT)
    write_about (self, id);
  else if (note != NULL)
    open_note (self, note);
  else if (self->create_next)
    {
      WattleRecord *visit = current_visit (self);
      WattleRecord *about = visit != NULL ? note_about (self, wattle_record_id (visit)) : NULL;

      write_about (self, visit != NULL && about == NULL ? wattle_record_id (visit) : NULL);
    }
  else if (!self->looked)
    look_for_journalled (self);
}

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattleNotesPage *self = WATTLE_NOTES_PAGE (page);
  WattleContext *context = wattle_view_context (WATTLE_VIEW (page));
  const WattleActor *actor = wattle_context_actor (context);
  WattleEntryList list = { .icon = "accessories-text-editor-symbolic",
                           .title = _("No notes yet"),
                           .subtitle = _("Ctrl+N begins one.") };

  if (actor == NULL)
    return;
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_pointer (&self->visits, g_ptr_array_unref);
  g_clear_pointer (&self->devices, g_ptr_array_unref);
  self->notes = records_of (chart->parts[WATTLE_CHART_NOTES]);
  self->visits = records_of (chart->parts[WATTLE_CHART_VISITS]);
  self->devices = g_ptr_array_ref (chart->devices);
  self->is_read = TRUE;
  gtk_widget_set_visible (self->new_button, wattle_context_may (context, "note.save") && actor->practitioner != NULL);
  wattle_entry_list_fill (self->rows, chart->parts[WATTLE_CHART_NOTES], 0, &list);
  do_what_was_asked (self);
  show_siblings (self);
}

static void
activated_cb (WattleNotesPage *self, GtkListBoxRow *row)
{
  WattleRecord *note
    = WATTLE_IS_ENTRY_ROW (row) ? find (self->notes, wattle_entry_row_id (WATTLE_ENTRY_ROW (row))) : NULL;

  if (note != NULL)
    open_note (self, note);
}

static gboolean
reveal (WattleView *view, WattleRecordType type, const char *id)
{
  WattleNotesPage *self = WATTLE_NOTES_PAGE (view);

  if (type != WATTLE_RECORD_PROGRESS_NOTE && type != WATTLE_RECORD_APPOINTMENT)
    return FALSE;
  g_free (self->next_id);
  self->next = type;
  self->next_id = g_strdup (id);
  if (self->is_read)
    do_what_was_asked (self);
  return TRUE;
}

static gboolean
create (WattleView *view)
{
  WattleNotesPage *self = WATTLE_NOTES_PAGE (view);

  self->create_next = TRUE;
  if (self->is_read)
    do_what_was_asked (self);
  return TRUE;
}

static gboolean
back (WattleChartPage *page)
{
  WattleNotesPage *self = WATTLE_NOTES_PAGE (page);

  if (!adw_leaflet_get_folded (self->leaflet)
      || adw_leaflet_get_visible_child (self->leaflet) != self->open)
    return FALSE;
  if (editor (self) != NULL)
    wattle_note_editor_save (editor (self));
  adw_leaflet_set_visible_child (self->leaflet, self->list);
  return TRUE;
}

static void
back_cb (WattleNotesPage *self)
{
  back (WATTLE_CHART_PAGE (self));
}

static void
new_cb (WattleNotesPage *self)
{
  create (WATTLE_VIEW (self));
}

static void
wattle_notes_page_dispose (GObject *object)
{
  WattleNotesPage *self = WATTLE_NOTES_PAGE (object);

  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_pointer (&self->visits, g_ptr_array_unref);
  g_clear_pointer (&self->devices, g_ptr_array_unref);
  g_clear_pointer (&self->next_id, g_free);
  g_clear_pointer (&self->new_visit, g_free);
  g_clear_object (&self->elsewhere);
  G_OBJECT_CLASS (wattle_notes_page_parent_class)->dispose (object);
}

static void
wattle_notes_page_class_init (WattleNotesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);
  WattleChartPageClass *page_class = WATTLE_CHART_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_notes_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/notes/notes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, list);
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, open);
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, new_button);
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, rows);
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, back);
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, note);
  gtk_widget_class_bind_template_child (widget_class, WattleNotesPage, siblings);
  gtk_widget_class_bind_template_callback (widget_class, compare_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_cb);
  view_class->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_PROGRESS_NOTE) | WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT);
  view_class->reveal = reveal;
  view_class->create = create;
  page_class->parts = WATTLE_CHART_BIT (WATTLE_CHART_NOTES) | WATTLE_CHART_BIT (WATTLE_CHART_VISITS);
  page_class->show = show;
  page_class->back = back;
}

static void
wattle_notes_page_init (WattleNotesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
