/* note-compare.c: two drafts of one note, read beside each other, and which of them stays
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/notes/note-compare.h"

#include <glib/gi18n-lib.h>

#include "app/notes/note-section.h"
#include "app/widgets/feedback.h"
#include "domain/note.h"

static const WattleFieldId fields[] = {
  WATTLE_PROGRESS_NOTE_SUBJECTIVE,
  WATTLE_PROGRESS_NOTE_OBJECTIVE,
  WATTLE_PROGRESS_NOTE_ASSESSMENT,
  WATTLE_PROGRESS_NOTE_PLAN,
};

struct _WattleNoteCompare
{
  AdwWindow parent;
  WattleContext *context;
  GWeakRef widget;
  WattleNoteKept kept;
  char *ids[2];  /* the open draft, the other one */
  char *stamp;   /* of the other one's text, as it was read here */
  char *dropped; /* while it is being thrown away */
  GtkBox *texts[2];
};

G_DEFINE_FINAL_TYPE (WattleNoteCompare, wattle_note_compare, ADW_TYPE_WINDOW)

/* Only the parts in which the two differ: the rest needs no decision. */
static void
show (WattleNoteCompare *self, WattleRecord *notes[2])
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (wattle_record_equal_field (notes[0], notes[1], fields[i]))
        continue;
      for (guint side = 0; side < 2; side++)
        {
          const char *text = wattle_record_get_string (notes[side], fields[i]);

          gtk_box_append (self->texts[side], wattle_note_section_new (_(wattle_field_get (fields[i])->label),
                                                                      text != NULL ? text : _("Nothing here"), NULL));
        }
    }
  for (guint side = 0; side < 2; side++)
    if (gtk_widget_get_first_child (GTK_WIDGET (self->texts[side])) == NULL)
      gtk_box_append (self->texts[side], wattle_note_section_new (NULL, _("Both say the same."), NULL));
}

static gboolean
discarded_cb (GtkWidget *window, const char *operation_id, const GError *error, gpointer data)
{
  WattleNoteCompare *self = WATTLE_NOTE_COMPARE (window);
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&self->widget);

  wattle_set_busy (window, FALSE);
  if (error != NULL)
    return FALSE;
  if (widget != NULL)
    {
      self->kept (widget, self->ids[g_str_equal (self->dropped, self->ids[0])]);
      wattle_toast (widget, _("The other draft was thrown away"));
    }
  gtk_window_destroy (GTK_WINDOW (self));
  return TRUE;
}

static void
drop (WattleNoteCompare *self, const char *id)
{
  /* What was read here, unless it was written on since. */
  g_autofree char *base = id == self->ids[1] ? g_strdup_printf (",\"base\":\"%s\"", self->stamp) : g_strdup ("");
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"%s}", id, base);

  g_free (self->dropped);
  self->dropped = g_strdup (id);
  wattle_set_busy (GTK_WIDGET (self), TRUE);
  wattle_perform (GTK_WIDGET (self), self->context, "note.discard", args, discarded_cb, NULL);
}

static void
keep_open_cb (WattleNoteCompare *self)
{
  drop (self, self->ids[1]);
}

static void
keep_other_cb (WattleNoteCompare *self)
{
  drop (self, self->ids[0]);
}

static void
wattle_note_compare_dispose (GObject *object)
{
  WattleNoteCompare *self = WATTLE_NOTE_COMPARE (object);

  g_clear_object (&self->context);
  g_weak_ref_set (&self->widget, NULL);
  G_OBJECT_CLASS (wattle_note_compare_parent_class)->dispose (object);
}

static void
wattle_note_compare_finalize (GObject *object)
{
  WattleNoteCompare *self = WATTLE_NOTE_COMPARE (object);

  g_weak_ref_clear (&self->widget);
  g_free (self->ids[0]);
  g_free (self->ids[1]);
  g_free (self->dropped);
  g_free (self->stamp);
  G_OBJECT_CLASS (wattle_note_compare_parent_class)->finalize (object);
}

static void
wattle_note_compare_class_init (WattleNoteCompareClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_note_compare_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_note_compare_finalize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/notes/note-compare.ui");
  gtk_widget_class_bind_template_child_full (widget_class, "open_texts", FALSE,
                                             G_STRUCT_OFFSET (WattleNoteCompare, texts[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "other_texts", FALSE,
                                             G_STRUCT_OFFSET (WattleNoteCompare, texts[1]));
  gtk_widget_class_bind_template_callback (widget_class, keep_open_cb);
  gtk_widget_class_bind_template_callback (widget_class, keep_other_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wattle_note_compare_init (WattleNoteCompare *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_weak_ref_init (&self->widget, NULL);
}

/**
 * wattle_note_compare_open:
 * @widget: where the person asked
 * @context: the context
 * @open: the draft that is being written
 * @other: the draft beside it
 * @kept: told when one of them was thrown away; both stay when the window is closed
 */
void
wattle_note_compare_open (GtkWidget *widget,
                          WattleContext *context,
                          WattleRecord *open,
                          WattleRecord *other,
                          WattleNoteKept kept)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  WattleNoteCompare *self = g_object_new (WATTLE_TYPE_NOTE_COMPARE, "transient-for",
                                          GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL);
  WattleRecord *notes[2] = { open, other };

  self->context = g_object_ref (context);
  g_weak_ref_set (&self->widget, widget);
  self->kept = kept;
  self->ids[0] = g_strdup (wattle_record_id (open));
  self->ids[1] = g_strdup (wattle_record_id (other));
  self->stamp = wattle_note_stamp (self->ids[1], other);
  show (self, notes);
  gtk_window_present (GTK_WINDOW (self));
}
