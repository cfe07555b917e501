/* call-chat.c: what is written beside the picture
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-chat.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"

struct _WattleCallChat
{
  AdwBin parent;
  WattleCallSession *session;
  GtkScrolledWindow *scroller;
  GtkListBox *lines;
  GtkLabel *failure;
  GtkEditable *entry;
  guint shown;
};

G_DEFINE_FINAL_TYPE (WattleCallChat, wattle_call_chat, ADW_TYPE_BIN)

static GtkWidget *
line_new (WattleCallChat *self, const WattleCallLine *line)
{
  GTimeZone *zone = wattle_context_zone (wattle_call_session_context (self->session));
  g_autofree char *time = wattle_display_time (line->at, zone);
  g_autofree char *head = g_markup_printf_escaped ("<b>%s</b>  <small>%s</small>\n%s", line->who, time, line->text);

  return g_object_new (GTK_TYPE_LABEL, "label", head, "use-markup", TRUE, "xalign", 0.0, "wrap", TRUE, "wrap-mode",
                       PANGO_WRAP_WORD_CHAR, "selectable", TRUE, "margin-start", 12, "margin-end", 12, "margin-top", 6,
                       "margin-bottom", 6, NULL);
}

static gboolean
to_end_cb (gpointer data)
{
  WattleCallChat *self = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static void
written_cb (WattleCallChat *self)
{
  GPtrArray *lines = wattle_call_session_lines (self->session);

  for (; self->shown < lines->len; self->shown++)
    gtk_list_box_append (self->lines, line_new (self, g_ptr_array_index (lines, self->shown)));
  g_idle_add (to_end_cb, g_object_ref (self));
}

static void
send_cb (WattleCallChat *self)
{
  const char *text = gtk_editable_get_text (self->entry);
  g_autoptr (GError) error = NULL;

  if (*text == '\0')
    return;
  if (wattle_call_session_write (self->session, text, &error))
    gtk_editable_set_text (self->entry, "");
  gtk_label_set_label (self->failure, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->failure), error != NULL);
}

static gboolean
wattle_call_chat_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WATTLE_CALL_CHAT (widget)->entry));
}

static void
wattle_call_chat_dispose (GObject *object)
{
  WattleCallChat *self = WATTLE_CALL_CHAT (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), WATTLE_TYPE_CALL_CHAT);
  G_OBJECT_CLASS (wattle_call_chat_parent_class)->dispose (object);
}

static void
wattle_call_chat_class_init (WattleCallChatClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_call_chat_dispose;
  widget_class->grab_focus = wattle_call_chat_grab_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/telehealth/call-chat.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleCallChat, scroller);
  gtk_widget_class_bind_template_child (widget_class, WattleCallChat, lines);
  gtk_widget_class_bind_template_child (widget_class, WattleCallChat, failure);
  gtk_widget_class_bind_template_child (widget_class, WattleCallChat, entry);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
}

static void
wattle_call_chat_init (WattleCallChat *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What was typed and not sent; never %NULL. */
const char *
wattle_call_chat_unsent (WattleCallChat *self)
{
  return gtk_editable_get_text (self->entry);
}

void
wattle_call_chat_set_session (WattleCallChat *self, WattleCallSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "written", G_CALLBACK (written_cb), self, G_CONNECT_SWAPPED);
}
