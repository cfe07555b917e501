/* change-row.c: one line of what a change says, to read or to type anew
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/change-row.h"

struct _WattleChangeRow
{
  GtkListBoxRow parent;
  char *path; /* NULL when it is only read */
  gboolean many;
  WattleFieldId field;
  GtkLabel *label;
  GtkLabel *value;
  GtkEditable *entry;
  GtkWidget *text_frame;
  GtkTextView *text;
};

G_DEFINE_FINAL_TYPE (WattleChangeRow, wattle_change_row, GTK_TYPE_LIST_BOX_ROW)

/* Numbers are kept without the spaces they are read with. */
static char *
as_stored (WattleChangeRow *self, const char *text)
{
  g_autoptr (WattleRecord) record = NULL;
  const char *stored = NULL;

  if (self->field != 0 && wattle_field_get (self->field)->kind == WATTLE_KIND_IDENTIFIER)
    {
      record = wattle_record_new (WATTLE_FIELD_TYPE (self->field));
      if (wattle_record_set_from_text (record, self->field, text, NULL))
        stored = wattle_record_get_string (record, self->field);
    }
  return g_strdup (stored != NULL ? stored : text);
}

static void
wattle_change_row_finalize (GObject *object)
{
  g_free (WATTLE_CHANGE_ROW (object)->path);
  G_OBJECT_CLASS (wattle_change_row_parent_class)->finalize (object);
}

static void
wattle_change_row_class_init (WattleChangeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_change_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/change-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleChangeRow, label);
  gtk_widget_class_bind_template_child (widget_class, WattleChangeRow, value);
  gtk_widget_class_bind_template_child (widget_class, WattleChangeRow, entry);
  gtk_widget_class_bind_template_child (widget_class, WattleChangeRow, text_frame);
  gtk_widget_class_bind_template_child (widget_class, WattleChangeRow, text);
}

static void
wattle_change_row_init (WattleChangeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_change_row_new:
 * @line: what to show
 * @editable: whether its text may be typed anew, if it is one
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
wattle_change_row_new (const WattleChangeLine *line, gboolean editable)
{
  WattleChangeRow *self = g_object_new (WATTLE_TYPE_CHANGE_ROW, NULL);
  gboolean typed = editable && line->path != NULL && *line->path != '/';
  GtkAccessible *input = line->many ? GTK_ACCESSIBLE (self->text) : GTK_ACCESSIBLE (self->entry);

  self->path = typed ? g_strdup (line->path) : NULL;
  self->many = line->many;
  self->field = line->field;
  gtk_label_set_label (self->label, line->label);
  gtk_label_set_label (self->value, line->value);
  gtk_widget_set_visible (GTK_WIDGET (self->value), !typed);
  gtk_widget_set_visible (GTK_WIDGET (self->entry), typed && !line->many);
  gtk_widget_set_visible (self->text_frame, typed && line->many);
  gtk_editable_set_text (self->entry, line->value);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), line->value, -1);
  gtk_accessible_update_property (input, GTK_ACCESSIBLE_PROPERTY_LABEL, line->label, -1);
  return GTK_WIDGET (self);
}

/**
 * wattle_change_row_take:
 * @self: the row
 * @texts: gets its text by the path of the line, if it was typed anew
 */
void
wattle_change_row_take (WattleChangeRow *self, GHashTable *texts)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char *text = NULL;
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = self->many ? gtk_text_buffer_get_text (buffer, &start, &end, TRUE)
                    : g_strdup (gtk_editable_get_text (self->entry));
  if (self->path != NULL && !g_str_equal (text, gtk_label_get_label (self->value)))
    g_hash_table_insert (texts, g_strdup (self->path), as_stored (self, text));
}
