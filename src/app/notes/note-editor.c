/* note-editor.c: writing a note in four parts; nothing that is typed is lost
 *
 * What is typed goes to the journal of drafts after every short pause, and as
 * a saved draft to the outbox after a longer one, when the person turns to
 * something else and when the editor closes. The journal's entry goes when the
 * outbox has it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/notes/note-editor.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "app/widgets/draft-keeper.h"
#include "app/widgets/feedback.h"
#include "base/error.h"
#include "domain/note.h"

/* Seconds without typing until the draft is saved. */
#define SAVE_AFTER 5

static const WattleFieldId fields[] = {
  WATTLE_PROGRESS_NOTE_SUBJECTIVE,
  WATTLE_PROGRESS_NOTE_OBJECTIVE,
  WATTLE_PROGRESS_NOTE_ASSESSMENT,
  WATTLE_PROGRESS_NOTE_PLAN,
};

#define N_PARTS G_N_ELEMENTS (fields)

struct _WattleNoteEditor
{
  AdwBin parent;
  WattleContext *context;
  WattleClient *client;
  WattleRecord *note;
  WattleDraftKeeper *keeper;
  char *key;
  char *base; /* stamp of the text that was saved last, here or before the editor opened; NULL of a new note */
  char *sent; /* stamp of the text that is being saved */
  GtkTextBuffer *about_buffers[2]; /* which note and visit, for the journal of a note that is not saved yet */
  gboolean is_saved;
  gboolean dirty;
  gboolean saving;
  gboolean sign_next;
  gboolean closed; /* signed or discarded: nothing is saved any more */
  gboolean quiet;  /* while text is put in by the program */
  guint timer;
  GtkLabel *about;
  GtkRevealer *restored;
  GtkLabel *restored_text;
  GtkTextBuffer *subjective;
  GtkTextBuffer *objective;
  GtkTextBuffer *assessment;
  GtkTextBuffer *plan;
  GtkWidget *first;
  GtkLabel *status;
  GtkWidget *sign;
  GtkWidget *discard;
};

enum
{
  SIGNED,
  DISCARDED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* All that are open, so that one draft is never open twice. */
static GList *editors;

G_DEFINE_FINAL_TYPE (WattleNoteEditor, wattle_note_editor, ADW_TYPE_BIN)

static GtkTextBuffer *
buffer_of (WattleNoteEditor *self, guint part)
{
  GtkTextBuffer *buffers[N_PARTS] = { self->subjective, self->objective, self->assessment, self->plan };

  return buffers[part];
}

static char *
text_of (GtkTextBuffer *buffer)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* The texts of the form into the record; whether there is any. */
static gboolean
take_texts (WattleNoteEditor *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < N_PARTS; i++)
    {
      g_autofree char *text = text_of (buffer_of (self, i));

      if (*g_strchomp (text) != '\0')
        wattle_record_set_string (self->note, fields[i], text);
      else
        wattle_record_unset (self->note, fields[i]);
      any = any || *text != '\0';
    }
  return any;
}

static void
put_texts (WattleNoteEditor *self)
{
  self->quiet = TRUE;
  for (guint i = 0; i < N_PARTS; i++)
    {
      const char *text = wattle_record_get_string (self->note, fields[i]);

      gtk_text_buffer_set_text (buffer_of (self, i), text != NULL ? text : "", -1);
    }
  self->quiet = FALSE;
}

static void
show_status (WattleNoteEditor *self, const char *format)
{
  g_autofree char *time = wattle_display_time (wattle_context_now (self->context), wattle_context_zone (self->context));
  g_autofree char *text = g_strdup_printf ("%s, %s", format, time);

  gtk_label_set_label (self->status, text);
}

static void
kept_cb (WattleNoteEditor *self)
{
  if (self->dirty)
    show_status (self, _("Kept on this computer"));
}

static void
keep_failed_cb (WattleNoteEditor *self, const char *message)
{
  g_autofree char *text = g_strdup_printf (_("Not kept! %s"), message);

  gtk_label_set_label (self->status, text);
}

static void
restored_cb (WattleNoteEditor *self, gboolean any)
{
  gint64 kept_at = wattle_draft_keeper_kept_at (self->keeper);
  g_autofree char *time = kept_at > 0 ? wattle_display_time (kept_at, wattle_context_zone (self->context)) : NULL;
  g_autofree char *text = time != NULL ? g_strdup_printf (_("Restored what you typed at %s"), time)
                                       : g_strdup (_("Restored what you typed"));

  self->quiet = FALSE;
  if (!any)
    return;
  gtk_label_set_label (self->restored_text, text);
  gtk_revealer_set_reveal_child (self->restored, TRUE);
}

static void
make_keeper (WattleNoteEditor *self)
{
  static const char *const names[] = { "note", "appointment" };

  g_clear_object (&self->keeper);
  self->keeper = wattle_draft_keeper_new (self->context, self->key);
  for (guint i = 0; i < N_PARTS; i++)
    wattle_draft_keeper_bind (self->keeper, wattle_field_get (fields[i])->name, buffer_of (self, i));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    wattle_draft_keeper_bind (self->keeper, names[i], self->about_buffers[i]);
  g_signal_connect_object (self->keeper, "kept", G_CALLBACK (kept_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "failed", G_CALLBACK (keep_failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "restored", G_CALLBACK (restored_cb), self, G_CONNECT_SWAPPED);
}

/* Once the note is saved its own id is the key of its journal. */
static void
use_own_key (WattleNoteEditor *self)
{
  g_autofree char *own = g_strdup_printf ("note:%s", wattle_record_id (self->note));

  wattle_draft_keeper_drop (self->keeper);
  if (g_strcmp0 (own, self->key) == 0)
    return;
  g_free (self->key);
  self->key = g_steal_pointer (&own);
  make_keeper (self);
}

static gboolean
save_cb (gpointer data)
{
  WattleNoteEditor *self = data;

  self->timer = 0;
  wattle_note_editor_save (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_save (WattleNoteEditor *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds (SAVE_AFTER, save_cb, self);
}

static void
typed_cb (WattleNoteEditor *self)
{
  if (self->quiet || self->closed)
    return;
  self->dirty = TRUE;
  gtk_revealer_set_reveal_child (self->restored, FALSE);
  schedule_save (self);
}

/* What the next change is made to: the text on its way counts, since changes arrive in order. */
static const char *
base_of (WattleNoteEditor *self)
{
  return self->saving ? self->sent : self->base;
}

static char *
save_args (WattleNoteEditor *self)
{
  GString *out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);
  g_autofree char *json = wattle_record_to_json (self->note);

  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "note");
  wattle_json_put_raw (&writer, json, -1);
  if (base_of (self) != NULL)
    wattle_json_pair_string (&writer, "base", base_of (self));
  wattle_json_end_object (&writer);
  return g_string_free (out, FALSE);
}

static char *
sign_args (WattleNoteEditor *self)
{
  GString *out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", wattle_record_id (self->note));
  if (base_of (self) != NULL)
    wattle_json_pair_string (&writer, "base", base_of (self));
  for (guint i = 0; i < N_PARTS; i++)
    if (wattle_record_has (self->note, fields[i]))
      wattle_json_pair_string (&writer, wattle_field_get (fields[i])->name,
                               wattle_record_get_string (self->note, fields[i]));
  wattle_json_end_object (&writer);
  return g_string_free (out, FALSE);
}

static void
close_for_good (WattleNoteEditor *self)
{
  self->closed = TRUE;
  self->dirty = FALSE;
  g_clear_handle_id (&self->timer, g_source_remove);
  wattle_draft_keeper_drop (self->keeper);
}

static gboolean
signed_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleNoteEditor *self = WATTLE_NOTE_EDITOR (widget);

  wattle_set_busy (widget, FALSE);
  if (error != NULL)
    return FALSE;
  close_for_good (self);
  wattle_toast (widget, _("Note signed"));
  g_signal_emit (self, signals[SIGNED], 0);
  return FALSE;
}

static void
sign_now (WattleNoteEditor *self)
{
  g_autofree char *args = sign_args (self);

  self->sign_next = FALSE;
  wattle_perform (GTK_WIDGET (self), self->context, "note.sign", args, signed_cb, NULL);
}

static gboolean
saved_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleNoteEditor *self = WATTLE_NOTE_EDITOR (widget);
  g_autofree char *stamp = g_steal_pointer (&self->sent);

  self->saving = FALSE;
  if (error != NULL)
    {
      g_autofree char *text = g_strdup_printf (_("Kept on this computer, not saved: %s"), error->message);

      self->dirty = TRUE;
      gtk_label_set_label (self->status, text);
      wattle_set_busy (widget, FALSE);
      if (!self->sign_next)
        return TRUE;
      self->sign_next = FALSE;
      return FALSE;
    }
  self->is_saved = TRUE;
  g_free (self->base);
  self->base = g_steal_pointer (&stamp);
  if (!self->dirty)
    {
      show_status (self, _("Draft saved"));
      use_own_key (self);
    }
  if (self->sign_next)
    sign_now (self);
  return FALSE;
}

static void
sign_confirmed_cb (WattleNoteEditor *self)
{
  if (!wattle_context_is_ready (self->context) || self->closed)
    return;
  take_texts (self);
  wattle_set_busy (GTK_WIDGET (self), TRUE);
  self->sign_next = TRUE;
  if (self->saving)
    return;
  if (self->dirty || !self->is_saved)
    {
      self->dirty = TRUE;
      wattle_note_editor_save (self);
    }
  else
    sign_now (self);
}

static gboolean
discarded_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleNoteEditor *self = WATTLE_NOTE_EDITOR (widget);

  if (error != NULL)
    return FALSE;
  close_for_good (self);
  g_signal_emit (self, signals[DISCARDED], 0);
  return FALSE;
}

static void
discard_confirmed_cb (WattleNoteEditor *self)
{
  const char *read = base_of (self);
  g_autofree char *base = read != NULL ? g_strdup_printf (",\"base\":\"%s\"", read) : g_strdup ("");
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"%s}", wattle_record_id (self->note), base);

  if (self->is_saved)
    wattle_perform (GTK_WIDGET (self), self->context, "note.discard", args, discarded_cb, NULL);
  else
    discarded_cb (GTK_WIDGET (self), NULL, NULL, NULL);
}

static void
discard_cb (WattleNoteEditor *self)
{
  if (!self->is_saved && !take_texts (self))
    discard_confirmed_cb (self);
  else
    wattle_confirm (GTK_WIDGET (self), _("Discard This Draft?"), _("What you wrote here is thrown away."),
                    _("_Discard"), TRUE, G_CALLBACK (discard_confirmed_cb), self);
}

static void
keep_restored_cb (WattleNoteEditor *self)
{
  typed_cb (self);
  wattle_note_editor_save (self);
}

static void
drop_restored_cb (WattleNoteEditor *self)
{
  gtk_revealer_set_reveal_child (self->restored, FALSE);
  put_texts (self);
  self->dirty = FALSE;
  wattle_draft_keeper_drop (self->keeper);
}

static void
left_cb (WattleNoteEditor *self)
{
  wattle_note_editor_save (self);
}

static void
sign_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_note_editor_sign (WATTLE_NOTE_EDITOR (widget));
}

typedef struct
{
  WattleClient *client;
  char *key;
} Closing;

/* The editor is gone; the draft is safe in the outbox, and the journal may forget it. */
static void
closing_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Closing *closing = data;
  g_autofree char *id = wattle_client_perform_finish (WATTLE_CLIENT (source), result, NULL);

  if (id != NULL)
    wattle_client_drop_draft_async (closing->client, closing->key);
  g_object_unref (closing->client);
  g_free (closing->key);
  g_free (closing);
}

static void
save_on_closing (WattleNoteEditor *self)
{
  g_autofree char *args = NULL;
  Closing *closing;

  if (self->closed || !self->dirty || !take_texts (self) || !wattle_context_is_ready (self->context))
    return;
  args = save_args (self);
  closing = g_new0 (Closing, 1);
  closing->client = g_object_ref (self->client);
  closing->key = g_strdup (self->key);
  wattle_client_perform_async (self->client, "note.save", args, NULL, closing_saved_cb, closing);
}

static void
wattle_note_editor_dispose (GObject *object)
{
  WattleNoteEditor *self = WATTLE_NOTE_EDITOR (object);

  editors = g_list_remove (editors, self);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->keeper != NULL)
    {
      wattle_draft_keeper_flush (self->keeper);
      save_on_closing (self);
    }
  g_clear_object (&self->keeper);
  g_clear_object (&self->about_buffers[0]);
  g_clear_object (&self->about_buffers[1]);
  g_clear_object (&self->note);
  g_clear_object (&self->client);
  g_clear_object (&self->context);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->base, g_free);
  g_clear_pointer (&self->sent, g_free);
  G_OBJECT_CLASS (wattle_note_editor_parent_class)->dispose (object);
}

static gboolean
wattle_note_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (WATTLE_NOTE_EDITOR (widget)->first);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/notes/note-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, about);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, restored);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, restored_text);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, subjective);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, objective);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, assessment);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, plan);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, first);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, status);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, sign);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteEditor, discard);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, left_cb);
  gtk_widget_class_bind_template_callback (widget_class, keep_restored_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_restored_cb);
  gtk_widget_class_bind_template_callback (widget_class, discard_cb);
}

static void
wattle_note_editor_class_init (WattleNoteEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_note_editor_dispose;
  signals[SIGNED] = g_signal_new ("signed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DISCARDED] = g_signal_new ("discarded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bind_template (widget_class);
  widget_class->grab_focus = wattle_note_editor_grab_focus;
  gtk_widget_class_install_action (widget_class, "note.sign", NULL, sign_action);
}

static void
wattle_note_editor_init (WattleNoteEditor *self)
{
  self->quiet = TRUE;
  editors = g_list_prepend (editors, self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_note_new_draft_key:
 * @patient_id: a patient
 *
 * Returns: (transfer full): the key in the journal of a note that is not saved yet
 */
char *
wattle_note_new_draft_key (const char *patient_id)
{
  return g_strdup_printf ("note:new:%s", patient_id);
}

/**
 * wattle_note_editor_new:
 * @context: the context
 * @note: one's own draft, or a new note with id, patient, kind and date
 * @is_saved: whether it is among the records already
 * @about: which visit it is about, in words
 *
 * Returns: (transfer floating): the editor, bound to that note and patient for ever
 */
GtkWidget *
wattle_note_editor_new (WattleContext *context, WattleRecord *note, gboolean is_saved, const char *about)
{
  WattleNoteEditor *self = g_object_new (WATTLE_TYPE_NOTE_EDITOR, NULL);
  const char *visit = wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_APPOINTMENT);

  self->context = g_object_ref (context);
  self->client = g_object_ref (wattle_context_client (context));
  self->note = wattle_record_copy (note);
  self->is_saved = is_saved;
  self->base = is_saved ? wattle_note_stamp (wattle_record_id (note), note) : NULL;
  self->key = is_saved ? g_strdup_printf ("note:%s", wattle_record_id (note))
                       : wattle_note_new_draft_key (wattle_record_scope_id (note));
  for (guint i = 0; i < G_N_ELEMENTS (self->about_buffers); i++)
    self->about_buffers[i] = gtk_text_buffer_new (NULL);
  gtk_text_buffer_set_text (self->about_buffers[0], wattle_record_id (note), -1);
  gtk_text_buffer_set_text (self->about_buffers[1], visit != NULL ? visit : "", -1);
  gtk_label_set_label (self->about, about);
  put_texts (self);
  make_keeper (self);
  self->quiet = TRUE;
  wattle_draft_keeper_restore (self->keeper);
  if (is_saved)
    gtk_label_set_label (self->status, _("Draft"));
  return GTK_WIDGET (self);
}

/**
 * wattle_note_editor_find:
 * @note: a draft, or a new note
 *
 * Returns: (transfer none) (nullable): the editor in which it is open, in whichever window. New notes of one patient
 *   are one until the first of them is saved.
 */
WattleNoteEditor *
wattle_note_editor_find (WattleRecord *note)
{
  for (GList *l = editors; l != NULL; l = l->next)
    {
      WattleNoteEditor *self = l->data;

      if (self->closed || self->note == NULL)
        continue;
      if (g_str_equal (wattle_record_id (self->note), wattle_record_id (note))
          || (!self->is_saved && wattle_record_revision (note) == 0
              && g_strcmp0 (wattle_record_scope_id (self->note), wattle_record_scope_id (note)) == 0))
        return self;
    }
  return NULL;
}

/**
 * wattle_note_editor_note:
 * @self: the editor
 *
 * Returns: (transfer none): the note
 */
WattleRecord *
wattle_note_editor_note (WattleNoteEditor *self)
{
  return self->note;
}

/**
 * wattle_note_editor_save:
 * @self: the editor
 *
 * Saves the draft when something was typed since the last time.
 */
void
wattle_note_editor_save (WattleNoteEditor *self)
{
  g_autofree char *args = NULL;

  if (self->closed || !self->dirty || self->saving)
    return;
  if (!wattle_context_is_ready (self->context))
    {
      schedule_save (self);
      return;
    }
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!take_texts (self) && !self->is_saved)
    return;
  args = save_args (self);
  self->sent = wattle_note_stamp (wattle_record_id (self->note), self->note);
  self->dirty = FALSE;
  self->saving = TRUE;
  wattle_perform (GTK_WIDGET (self), self->context, "note.save", args, saved_cb, NULL);
}

/**
 * wattle_note_editor_sign:
 * @self: the editor
 *
 * Asks once, since signing cannot be undone, and signs.
 */
void
wattle_note_editor_sign (WattleNoteEditor *self)
{
  if (self->closed || !gtk_widget_get_sensitive (GTK_WIDGET (self)))
    return;
  if (!take_texts (self))
    wattle_toast (GTK_WIDGET (self), _("There is nothing to sign yet"));
  else
    wattle_confirm (GTK_WIDGET (self), _("Sign This Note?"),
                    _("A signed note never changes, and signing cannot be undone. What is missing later goes into an "
                      "addendum."),
                    _("_Sign"), FALSE, G_CALLBACK (sign_confirmed_cb), self);
}

/**
 * wattle_note_editor_abandon:
 * @self: the editor
 *
 * The draft was thrown away elsewhere: nothing of it is saved any more.
 */
void
wattle_note_editor_abandon (WattleNoteEditor *self)
{
  close_for_good (self);
}
