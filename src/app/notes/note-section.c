/* note-section.c: a heading and what stands under it, in a signed note
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/notes/note-section.h"

struct _WattleNoteSection
{
  AdwBin parent;
  GtkLabel *heading;
  GtkLabel *text;
  GtkLabel *signature;
};

G_DEFINE_FINAL_TYPE (WattleNoteSection, wattle_note_section, ADW_TYPE_BIN)

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

static void
wattle_note_section_class_init (WattleNoteSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/notes/note-section.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNoteSection, heading);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteSection, text);
  gtk_widget_class_bind_template_child (widget_class, WattleNoteSection, signature);
}

static void
wattle_note_section_init (WattleNoteSection *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_note_section_new:
 * @heading: (nullable): such as “Plan”
 * @text: (nullable): what stands under it
 * @signature: (nullable): who signed it and when
 *
 * Returns: (transfer floating): the section
 */
GtkWidget *
wattle_note_section_new (const char *heading, const char *text, const char *signature)
{
  WattleNoteSection *self = g_object_new (WATTLE_TYPE_NOTE_SECTION, NULL);

  set_label (self->heading, heading);
  set_label (self->text, text);
  set_label (self->signature, signature);
  return GTK_WIDGET (self);
}
