/* note-reading.c: a signed note, its addenda, and adding one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/notes/note-reading.h"

#include <glib/gi18n-lib.h>

#include "app/access/opening.h"
#include "app/notes/note-section.h"
#include "app/widgets/display.h"
#include "app/widgets/draft-keeper.h"
#include "app/widgets/feedback.h"
#include "base/civil.h"
#include "base/id.h"

static const WattleFieldId fields[] = {
  WATTLE_PROGRESS_NOTE_SUBJECTIVE, WATTLE_PROGRESS_NOTE_OBJECTIVE, WATTLE_PROGRESS_NOTE_ASSESSMENT,
  WATTLE_PROGRESS_NOTE_PLAN,       WATTLE_PROGRESS_NOTE_BODY,
};

struct _WattleNoteReading
{
  WattleView parent;
  WattleRecord *note;
  WattleDraftKeeper *keeper;
  gboolean is_restored;
  GtkLabel *about;
  GtkBox *sections;
  GPtrArray *own; /* ids: the note and the addenda that this person wrote */
  gboolean is_released;
  GtkWidget *add;
  GtkButton *release;
  GtkWidget *released;
  GtkRevealer *adding;
  GtkWidget *text;
  GtkTextBuffer *buffer;
};

G_DEFINE_FINAL_TYPE (WattleNoteReading, wattle_note_reading, WATTLE_TYPE_VIEW)

/* The note first, then its addenda in the order they were signed, each with its signature in words. */
typedef struct
{
  GPtrArray *notes;
  GPtrArray *signatures;
} Found;

static void
found_free (gpointer data)
{
  Found *self = data;

  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->signatures);
  g_free (self);
}

static char *
signature_of (WattleReader *reader, WattleRecord *note, GTimeZone *zone)
{
  const char *author = wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_AUTHOR);
  g_autoptr (WattleRecord) practitioner
    = author != NULL ? wattle_reader_get (reader, WATTLE_RECORD_PRACTITIONER, author, NULL) : NULL;
  g_autofree char *name = practitioner != NULL ? wattle_display_practitioner (practitioner) : g_strdup ("");
  g_autofree char *at
    = wattle_display_date_time (wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_SIGNED_AT), zone);

  return g_strdup_printf (_("Signed by %s, %s"), name, at);
}

static gpointer
read_note (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_PROGRESS_NOTE);
  const char *id;
  const char *zone_name;
  GTimeZone *zone;
  WattleRecord *note;
  Found *found;

  g_variant_get (data, "(&s&s)", &id, &zone_name);
  zone = wattle_zone_lookup (zone_name, error);
  note = zone != NULL ? wattle_reader_get (reader, WATTLE_RECORD_PROGRESS_NOTE, id, error) : NULL;
  if (note == NULL)
    return NULL;
  found = g_new0 (Found, 1);
  wattle_query_where_text (&query, WATTLE_PROGRESS_NOTE_ADDENDUM_TO, id);
  found->notes = wattle_reader_query (reader, &query, NULL);
  if (found->notes == NULL)
    found->notes = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_insert (found->notes, 0, note);
  found->signatures = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < found->notes->len; i++)
    g_ptr_array_add (found->signatures, signature_of (reader, g_ptr_array_index (found->notes, i), zone));
  return found;
}

static void
show_one (WattleNoteReading *self, WattleRecord *note, const char *signature, gboolean addendum)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *text = wattle_record_get_string (note, fields[i]);

      if (text != NULL)
        gtk_box_append (self->sections, wattle_note_section_new (addendum ? _("Addendum")
                                                                          : _(wattle_field_get (fields[i])->label),
                                                                 text, NULL));
    }
  gtk_box_append (self->sections, wattle_note_section_new (NULL, NULL, signature));
}

/* Whether the patient may read it, and the button that changes it: only authors release what they wrote. */
static void
show_release (WattleNoteReading *self, GPtrArray *notes)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  const WattleActor *actor = wattle_context_actor (context);

  g_ptr_array_set_size (self->own, 0);
  self->is_released = TRUE;
  for (guint i = 0; i < notes->len; i++)
    {
      WattleRecord *note = g_ptr_array_index (notes, i);

      if (actor == NULL || actor->practitioner == NULL
          || g_strcmp0 (wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_AUTHOR), actor->practitioner) != 0)
        continue;
      g_ptr_array_add (self->own, g_strdup (wattle_record_id (note)));
      self->is_released = self->is_released && wattle_record_get_boolean (note, WATTLE_PROGRESS_NOTE_RELEASED);
    }
  gtk_button_set_label (self->release, self->is_released ? _("_Withdraw from the Patient…")
                                                         : _("_Release to the Patient…"));
  gtk_widget_set_visible (GTK_WIDGET (self->release),
                          self->own->len > 0 && wattle_context_may (context, "note.release"));
  gtk_widget_set_visible (self->released,
                          actor != NULL && actor->role != WATTLE_ROLE_PATIENT
                            && wattle_record_get_boolean (g_ptr_array_index (notes, 0), WATTLE_PROGRESS_NOTE_RELEASED));
}

static void
found_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleNoteReading *self = owner;
  const Found *found = result;
  GtkWidget *child;

  if (error != NULL)
    {
      wattle_toast (GTK_WIDGET (self), error->message);
      return;
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->sections))) != NULL)
    gtk_box_remove (self->sections, child);
  for (guint i = 0; i < found->notes->len; i++)
    show_one (self, g_ptr_array_index (found->notes, i), g_ptr_array_index (found->signatures, i), i > 0);
  show_release (self, found->notes);
}

static void
restored_cb (WattleNoteReading *self, gboolean any)
{
  if (!any)
    return;
  gtk_revealer_set_reveal_child (self->adding, TRUE);
  gtk_widget_set_visible (self->add, FALSE);
  wattle_toast (GTK_WIDGET (self), _("Restored the addendum that you were writing"));
}

static void
refresh (WattleView *view)
{
  WattleNoteReading *self = WATTLE_NOTE_READING (view);
  WattleContext *context = wattle_view_context (view);

  if (self->note == NULL)
    return;
  gtk_widget_set_visible (self->add, wattle_context_may (context, "note.addend")
                                       && wattle_context_actor (context)->practitioner != NULL
                                       && !gtk_revealer_get_reveal_child (self->adding));
  if (self->keeper == NULL)
    {
      g_autofree char *key = g_strdup_printf ("note:addendum:%s", wattle_record_id (self->note));

      self->keeper = wattle_draft_keeper_new (context, key);
      wattle_draft_keeper_bind (self->keeper, "body", self->buffer);
      g_signal_connect_object (self->keeper, "restored", G_CALLBACK (restored_cb), self, G_CONNECT_SWAPPED);
      wattle_draft_keeper_restore (self->keeper);
      wattle_tell_opened (context, wattle_record_get_string (self->note, WATTLE_PROGRESS_NOTE_PATIENT),
                          WATTLE_RECORD_PROGRESS_NOTE, wattle_record_id (self->note));
    }
  wattle_view_load (view, read_note,
                    g_variant_new ("(ss)", wattle_record_id (self->note),
                                   g_time_zone_get_identifier (wattle_context_zone (context))),
                    found_free, found_cb);
}

static void
stop_adding (WattleNoteReading *self)
{
  gtk_text_buffer_set_text (self->buffer, "", -1);
  wattle_draft_keeper_drop (self->keeper);
  gtk_revealer_set_reveal_child (self->adding, FALSE);
  gtk_widget_set_visible (self->add, TRUE);
}

static void
add_cb (WattleNoteReading *self)
{
  gtk_revealer_set_reveal_child (self->adding, TRUE);
  gtk_widget_set_visible (self->add, FALSE);
  gtk_widget_grab_focus (self->text);
}

static void
cancel_cb (WattleNoteReading *self)
{
  if (gtk_text_buffer_get_char_count (self->buffer) == 0)
    stop_adding (self);
  else
    wattle_confirm (GTK_WIDGET (self), _("Throw the Addendum Away?"), _("It has not been signed."), _("_Throw Away"),
                    TRUE, G_CALLBACK (stop_adding), self);
}

static gboolean
added_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  if (error != NULL)
    return FALSE;
  stop_adding (WATTLE_NOTE_READING (widget));
  wattle_toast (widget, _("Addendum signed"));
  wattle_view_refresh (WATTLE_VIEW (widget));
  return FALSE;
}

static void
sign_confirmed_cb (WattleNoteReading *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  g_autoptr (WattleRecord) addendum = wattle_record_new (WATTLE_RECORD_PROGRESS_NOTE);
  g_autofree char *id = wattle_id_new ();
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  g_autofree char *args = NULL;

  g_object_get (self->buffer, "text", &text, NULL);
  wattle_record_set_id (addendum, id);
  wattle_record_set_string (addendum, WATTLE_PROGRESS_NOTE_PATIENT, wattle_record_scope_id (self->note));
  wattle_record_set_string (addendum, WATTLE_PROGRESS_NOTE_AUTHOR, wattle_context_actor (context)->practitioner);
  wattle_record_set_string (addendum, WATTLE_PROGRESS_NOTE_ADDENDUM_TO, wattle_record_id (self->note));
  wattle_record_set_integer (addendum, WATTLE_PROGRESS_NOTE_KIND, WATTLE_NOTE_KIND_ADDENDUM);
  wattle_record_set_integer (addendum, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_NOTE_STATUS_DRAFT);
  wattle_record_set_integer (addendum, WATTLE_PROGRESS_NOTE_NOTE_DATE, wattle_context_today (context));
  wattle_record_set_string (addendum, WATTLE_PROGRESS_NOTE_BODY, g_strchomp (text));
  json = wattle_record_to_json (addendum);
  args = g_strdup_printf ("{\"note\":%s}", json);
  wattle_perform (GTK_WIDGET (self), context, "note.addend", args, added_cb, NULL);
}

static void
sign_cb (WattleNoteReading *self)
{
  if (gtk_text_buffer_get_char_count (self->buffer) == 0)
    wattle_toast (GTK_WIDGET (self), _("There is nothing to sign yet"));
  else if (wattle_context_is_ready (wattle_view_context (WATTLE_VIEW (self))))
    wattle_confirm (GTK_WIDGET (self), _("Sign This Addendum?"), _("It stands under the note for good."), _("_Sign"),
                    FALSE, G_CALLBACK (sign_confirmed_cb), self);
}

static char *
release_args (const char *id, gboolean released)
{
  return g_strdup_printf ("{\"id\":\"%s\",\"released\":%s}", id, released ? "true" : "false");
}

/* The way back of one act is one act: with addenda it is the button. */
static gboolean
released_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleNoteReading *self = WATTLE_NOTE_READING (widget);
  gboolean released = GPOINTER_TO_INT (data);
  const char *text
    = released ? _("The patient may read this note now") : _("The patient may not read this note any more");

  if (error != NULL)
    return FALSE;
  if (self->own->len == 1)
    {
      g_autofree char *undo = release_args (g_ptr_array_index (self->own, 0), !released);

      wattle_toast_undo (widget, wattle_view_context (WATTLE_VIEW (self)), text, "note.release", undo);
    }
  else
    wattle_toast (widget, text);
  return FALSE;
}

static void
release_confirmed_cb (WattleNoteReading *self)
{
  gboolean released = !self->is_released;

  for (guint i = 0; i < self->own->len; i++)
    {
      g_autofree char *args = release_args (g_ptr_array_index (self->own, i), released);

      wattle_perform (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), "note.release", args,
                      i == 0 ? released_cb : NULL, GINT_TO_POINTER (released));
    }
}

static void
release_cb (WattleNoteReading *self)
{
  if (self->is_released)
    wattle_confirm (GTK_WIDGET (self), _("Withdraw This Note From the Patient?"),
                    _("It cannot be opened by the patient from now on. What was read already stays read."),
                    _("_Withdraw"), TRUE, G_CALLBACK (release_confirmed_cb), self);
  else
    wattle_confirm (GTK_WIDGET (self), _("Release This Note to the Patient?"),
                    _("The patient may read all of it, with the addenda that you wrote. You can withdraw it later."),
                    _("_Release"), FALSE, G_CALLBACK (release_confirmed_cb), self);
}

static void
sign_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleNoteReading *self = WATTLE_NOTE_READING (widget);

  if (gtk_revealer_get_reveal_child (self->adding))
    sign_cb (self);
}

static void
wattle_note_reading_dispose (GObject *object)
{
  WattleNoteReading *self = WATTLE_NOTE_READING (object);

  if (self->keeper != NULL)
    wattle_draft_keeper_flush (self->keeper);
  g_clear_object (&self->keeper);
  g_clear_object (&self->note);
  g_clear_pointer (&self->own, g_ptr_array_unref);
  G_OBJECT_CLASS (wattle_note_reading_parent_class)->dispose (object);
}

static void
wattle_note_reading_class_init (WattleNoteReadingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_note_reading_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/notes/note-reading.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNoteReading, about);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteReading, sections);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteReading, add);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteReading, release);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteReading, released);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteReading, adding);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteReading, text);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteReading, buffer);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, release_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_cb);
  gtk_widget_class_install_action (widget_class, "addendum.sign", NULL, sign_action);
  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_PROGRESS_NOTE);
  WATTLE_VIEW_CLASS (klass)->refresh = refresh;
}

static void
wattle_note_reading_init (WattleNoteReading *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->own = g_ptr_array_new_with_free_func (g_free);
}

/**
 * wattle_note_reading_new:
 * @context: the context
 * @note: a signed note
 * @about: which visit it is about, in words
 *
 * Returns: (transfer floating): it, to be read
 */
GtkWidget *
wattle_note_reading_new (WattleContext *context, WattleRecord *note, const char *about)
{
  WattleNoteReading *self = g_object_new (WATTLE_TYPE_NOTE_READING, NULL);

  self->note = g_object_ref (note);
  gtk_label_set_label (self->about, about);
  g_object_set (self, "context", context, NULL);
  return GTK_WIDGET (self);
}

/**
 * wattle_note_reading_id:
 * @self: a note
 *
 * Returns: its id
 */
const char *
wattle_note_reading_id (WattleNoteReading *self)
{
  return wattle_record_id (self->note);
}
