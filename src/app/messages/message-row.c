/* message-row.c: one message of a conversation
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/messages/message-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/widgets/display.h"
#include "base/civil.h"

struct _WattleMessageRow
{
  GtkListBoxRow parent;
  WattleRecord *message;
  GtkWidget *bubble;
  GtkLabel *author;
  GtkLabel *body;
  GtkWidget *file;
  AdwButtonContent *file_content;
  GtkLabel *state;
  GtkWidget *withdraw;
};

G_DEFINE_FINAL_TYPE (WattleMessageRow, wattle_message_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  WITHDRAW,
  OPEN_FILE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The searched words are marked where they stand, whatever their case. */
static PangoAttrList *
highlights (const char *text, const char *searched)
{
  PangoAttrList *list = pango_attr_list_new ();
  g_auto (GStrv) words = g_strsplit_set (searched, " ", -1);
  g_autofree char *folded = g_utf8_strdown (text, -1);

  /* A letter that changes its length with its case would move what follows: then nothing is marked. */
  for (guint i = 0; strlen (folded) == strlen (text) && words[i] != NULL; i++)
    {
      g_autofree char *word = g_utf8_strdown (words[i], -1);

      for (char *at = *word != '\0' ? strstr (folded, word) : NULL; at != NULL; at = strstr (at + 1, word))
        {
          PangoAttribute *mark = pango_attr_background_new (0xf5 << 8, 0xc2 << 8, 0x11 << 8);
          PangoAttribute *ink = pango_attr_foreground_new (0, 0, 0);

          mark->start_index = ink->start_index = at - folded;
          mark->end_index = ink->end_index = at - folded + strlen (word);
          pango_attr_list_insert (list, mark);
          pango_attr_list_insert (list, ink);
        }
    }
  return list;
}

/* How far what one wrote oneself has come. */
static char *
delivery (const WattleConversation *conversation, WattleRecord *message, const char *me)
{
  gint64 sent = wattle_record_get_integer (message, WATTLE_MESSAGE_SENT_AT);
  g_autoptr (GStrvBuilder) readers = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  gboolean delivered = FALSE;

  if (wattle_record_revision (message) == 0)
    return g_strdup (_("Waits to be sent"));
  for (guint i = 0; conversation->marks != NULL && i < conversation->marks->len; i++)
    {
      WattleRecord *mark = conversation->marks->pdata[i];
      const char *name = wattle_record_get_string (mark, WATTLE_THREAD_MARK_USER_NAME);

      if (g_strcmp0 (wattle_record_get_string (mark, WATTLE_THREAD_MARK_USER), me) == 0)
        continue;
      delivered = delivered || wattle_record_get_integer (mark, WATTLE_THREAD_MARK_DELIVERED_UPTO) >= sent;
      if (wattle_record_get_integer (mark, WATTLE_THREAD_MARK_READ_UPTO) >= sent)
        g_strv_builder_add (readers, name != NULL ? name : _("the other side"));
    }
  names = g_strv_builder_end (readers);
  if (names[0] != NULL)
    {
      g_autofree char *all = g_strjoinv (", ", names);

      return g_strdup_printf (_("Read by %s"), all);
    }
  return g_strdup (delivered ? _("Delivered") : _("Sent"));
}

static char *
body_of (const WattleConversation *conversation, WattleRecord *message)
{
  const char *file = wattle_record_get_string (message, WATTLE_MESSAGE_DOCUMENT);
  WattleRecord *document = file != NULL ? g_hash_table_lookup (conversation->documents, file) : NULL;
  const char *body = wattle_record_get_string (message, WATTLE_MESSAGE_BODY);
  const char *reason = wattle_record_get_string (message, WATTLE_MESSAGE_WITHDRAWN_REASON);

  if (wattle_record_get_integer (message, WATTLE_MESSAGE_STATUS) == WATTLE_MESSAGE_STATUS_WITHDRAWN)
    return reason != NULL ? g_strdup_printf (_("Withdrawn: %s"), reason) : g_strdup (_("Withdrawn"));
  if (wattle_record_get_integer (message, WATTLE_MESSAGE_KIND) == WATTLE_MESSAGE_KIND_INSPECTED)
    return g_strdup_printf (_("Read this conversation as an administrator: %s"), body != NULL ? body : "");
  /* Of a file that is not among the records here, at least that there is one. */
  return g_strdup (body != NULL || document != NULL ? body : _("A file"));
}

static void
show_file (WattleMessageRow *self, const WattleConversation *conversation)
{
  const char *id = wattle_record_get_string (self->message, WATTLE_MESSAGE_DOCUMENT);
  WattleRecord *document = id != NULL ? g_hash_table_lookup (conversation->documents, id) : NULL;
  const char *title = document != NULL ? wattle_record_get_string (document, WATTLE_DOCUMENT_TITLE) : NULL;
  g_autofree char *name = NULL;

  if (title == NULL || wattle_record_get_integer (self->message, WATTLE_MESSAGE_STATUS) != WATTLE_MESSAGE_STATUS_SENT)
    return;
  name = g_strdup_printf (_("Open the file %s"), title);
  adw_button_content_set_label (self->file_content, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->file), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (self->file, TRUE);
}

static void
file_cb (WattleMessageRow *self)
{
  g_signal_emit (self, signals[OPEN_FILE], 0);
}

static void
withdraw_cb (WattleMessageRow *self)
{
  g_signal_emit (self, signals[WITHDRAW], 0);
}

static void
wattle_message_row_dispose (GObject *object)
{
  g_clear_object (&WATTLE_MESSAGE_ROW (object)->message);
  G_OBJECT_CLASS (wattle_message_row_parent_class)->dispose (object);
}

static void
wattle_message_row_class_init (WattleMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_message_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/messages/message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, WattleMessageRow, author);
  gtk_widget_class_bind_template_child (widget_class, WattleMessageRow, body);
  gtk_widget_class_bind_template_child (widget_class, WattleMessageRow, file);
  gtk_widget_class_bind_template_child (widget_class, WattleMessageRow, file_content);
  gtk_widget_class_bind_template_child (widget_class, WattleMessageRow, state);
  gtk_widget_class_bind_template_child (widget_class, WattleMessageRow, withdraw);
  gtk_widget_class_bind_template_callback (widget_class, file_cb);
  gtk_widget_class_bind_template_callback (widget_class, withdraw_cb);
  signals[WITHDRAW] = g_signal_new ("withdraw", WATTLE_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
  signals[OPEN_FILE] = g_signal_new ("open-file", WATTLE_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
}

static void
wattle_message_row_init (WattleMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
moment (WattleContext *context, gint64 instant)
{
  GTimeZone *zone = wattle_context_zone (context);
  gint64 date;

  wattle_zone_to_local (instant, zone, &date, NULL, NULL);
  return date == wattle_context_today (context) ? wattle_display_time (instant, zone)
                                                : wattle_display_date_time (instant, zone);
}

/* The whole of it in one sentence, for who listens. */
static void
name_row (WattleMessageRow *self, const char *author, const char *body, const char *state)
{
  g_autofree char *name = g_strdup_printf ("%s: %s. %s", author, body != NULL ? body : _("a file"), state);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * wattle_message_row_new:
 * @context: the context
 * @conversation: what it is part of
 * @message: the message
 * @searched: (nullable): words to mark in it
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
wattle_message_row_new (WattleContext *context,
                        const WattleConversation *conversation,
                        WattleRecord *message,
                        const char *searched)
{
  WattleMessageRow *self = g_object_new (WATTLE_TYPE_MESSAGE_ROW, NULL);
  const WattleActor *actor = wattle_context_actor (context);
  gboolean own = g_strcmp0 (wattle_record_get_string (message, WATTLE_MESSAGE_AUTHOR), actor->user) == 0;
  gboolean sent = wattle_record_get_integer (message, WATTLE_MESSAGE_STATUS) == WATTLE_MESSAGE_STATUS_SENT;
  gboolean said = wattle_record_get_integer (message, WATTLE_MESSAGE_KIND) == WATTLE_MESSAGE_KIND_TEXT;
  const char *name = wattle_record_get_string (message, WATTLE_MESSAGE_AUTHOR_NAME);
  const char *author = own ? _("You") : name != NULL ? name : conversation->title;
  g_autofree char *body = body_of (conversation, message);
  g_autofree char *at = moment (context, wattle_record_get_integer (message, WATTLE_MESSAGE_SENT_AT));
  g_autofree char *how = own && sent && said ? delivery (conversation, message, actor->user) : NULL;
  g_autofree char *state = how != NULL ? g_strdup_printf ("%s · %s", at, how) : g_strdup (at);

  self->message = g_object_ref (message);
  gtk_label_set_label (self->author, author);
  gtk_widget_set_visible (GTK_WIDGET (self->body), body != NULL);
  gtk_label_set_label (self->body, body != NULL ? body : "");
  gtk_label_set_label (self->state, state);
  gtk_widget_set_halign (self->bubble, own ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_widget_set_visible (self->withdraw, own && sent && said && wattle_record_revision (message) > 0);
  if (own)
    gtk_widget_add_css_class (self->bubble, "own");
  if (!sent || !said)
    gtk_widget_add_css_class (GTK_WIDGET (self->body), "dim-label");
  if (searched != NULL && *searched != '\0' && body != NULL)
    {
      g_autoptr (PangoAttrList) marks = highlights (body, searched);

      gtk_label_set_attributes (self->body, marks);
    }
  show_file (self, conversation);
  name_row (self, author, body, state);
  return GTK_WIDGET (self);
}

WattleRecord *
wattle_message_row_message (WattleMessageRow *self)
{
  return self->message;
}
