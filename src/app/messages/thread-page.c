/* thread-page.c: one conversation: what was said, and where one writes
 *
 * What is typed is journalled like a note until it is sent; what is sent waits
 * in the outbox when there is no server, and says so.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/messages/thread-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/messages/message-data.h"
#include "app/messages/message-row.h"
#include "app/papers/paper-window.h"
#include "app/widgets/display.h"
#include "app/widgets/draft-keeper.h"
#include "app/widgets/feedback.h"
#include "base/civil.h"

#define PAGE 100
#define NEAR_END 48.0 /* pixels above the end within which what comes is followed */
/* While somebody types the others are told so often, and believe it so long. */
#define TELL_EVERY (3 * WATTLE_SECOND)
#define BELIEVE_SECONDS 6
#define MAX_FILE (25 * 1024 * 1024)

struct _WattleThreadPage
{
  WattleView parent;
  WattleRecordType type;
  char *id;      /* of a conversation, or of a visit whose conversation it is */
  char *thread;  /* (nullable): id of the conversation */
  char *visit;   /* (nullable): what to open it with first */
  char *searched;
  char *withdrawn; /* (nullable): id of the message that somebody was asked about */
  guint shown;
  gint64 last_at; /* of the last message that the server has; 0 when there is none */
  gint64 marked;  /* how far it is known to be read */
  gboolean sending;
  char *sent; /* (nullable): what was typed when it was sent; more may have been typed since */
  gint64 told_at; /* monotonic: that one writes */
  char *writer;   /* (nullable): user who writes on the other side */
  guint writer_goes;
  GHashTable *names; /* user: name, of those who wrote or read here */
  GBytes *file;
  char *file_name;
  GPtrArray *template_texts;
  WattleDraftKeeper *keeper;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkWidget *waiting;
  GtkLabel *waiting_text;
  GtkScrolledWindow *scroller;
  double from_top, above_end; /* pixels: where somebody read before the rows were made anew */
  gboolean is_scrolling;
  gboolean wants_older;
  gboolean follows; /* what oneself has sent is looked at, wherever one read */
  GtkWidget *older;
  GtkLabel *empty;
  GtkListBox *messages;
  GtkLabel *typing;
  GtkLabel *closed;
  GtkWidget *composer;
  GtkWidget *attach;
  GtkMenuButton *templates;
  GtkTextView *text;
  GtkWidget *send;
};

G_DEFINE_FINAL_TYPE (WattleThreadPage, wattle_thread_page, WATTLE_TYPE_VIEW)

static char *
typed (WattleThreadPage *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static gboolean
ignore_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  return TRUE;
}

static void
withdraw_now (WattleThreadPage *self)
{
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", self->withdrawn);

  wattle_perform (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), "message.withdraw", args, NULL, NULL);
}

static void
withdraw_cb (WattleMessageRow *row, WattleThreadPage *self)
{
  g_free (self->withdrawn);
  self->withdrawn = g_strdup (wattle_record_id (wattle_message_row_message (row)));
  wattle_confirm (GTK_WIDGET (self), _("Withdraw this message?"),
                  _("The others see that something was withdrawn. The text stays in the record."), _("_Withdraw"),
                  TRUE, G_CALLBACK (withdraw_now), self);
}

static void
open_file_cb (WattleMessageRow *row, WattleThreadPage *self)
{
  WattleRecord *document = g_object_get_data (G_OBJECT (row), "document");
  WattlePaperWindow *window
    = wattle_paper_window_new (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)));

  wattle_paper_window_show_document (window, document);
  gtk_window_present (GTK_WINDOW (window));
}

static gboolean
scroll_cb (gpointer data)
{
  WattleThreadPage *self = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  gtk_adjustment_set_value (adjustment, self->follows || self->above_end < NEAR_END ? end
                                        : self->wants_older                         ? end - self->above_end
                                                                                    : self->from_top);
  self->is_scrolling = self->wants_older = self->follows = FALSE;
  return G_SOURCE_REMOVE;
}

/* Who reads further up stays there, also when older messages come in above. */
static void
keep_place (WattleThreadPage *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  if (self->is_scrolling)
    return;
  self->is_scrolling = TRUE;
  self->from_top = gtk_adjustment_get_value (adjustment);
  self->above_end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - self->from_top;
}

static void
show_messages (WattleThreadPage *self, const WattleConversation *conversation)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  GtkListBoxRow *old;

  keep_place (self);
  while ((old = gtk_list_box_get_row_at_index (self->messages, 0)) != NULL)
    gtk_list_box_remove (self->messages, GTK_WIDGET (old));
  for (guint i = 0; i < conversation->messages->len; i++)
    {
      WattleRecord *message = conversation->messages->pdata[i];
      const char *file = wattle_record_get_string (message, WATTLE_MESSAGE_DOCUMENT);
      WattleRecord *document = file != NULL ? g_hash_table_lookup (conversation->documents, file) : NULL;
      GtkWidget *row = wattle_message_row_new (context, conversation, message, self->searched);

      if (document != NULL)
        g_object_set_data_full (G_OBJECT (row), "document", g_object_ref (document), g_object_unref);
      g_signal_connect_object (row, "withdraw", G_CALLBACK (withdraw_cb), self, 0);
      g_signal_connect_object (row, "open-file", G_CALLBACK (open_file_cb), self, 0);
      gtk_list_box_append (self->messages, row);
    }
  gtk_widget_set_visible (self->older, conversation->n_messages > conversation->messages->len);
  gtk_widget_set_visible (GTK_WIDGET (self->empty), conversation->messages->len == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->messages), conversation->messages->len > 0);
  /* After the rows have been laid out. */
  g_idle_add_full (G_PRIORITY_LOW, scroll_cb, g_object_ref (self), g_object_unref);
}

static void
hide_typing (WattleThreadPage *self)
{
  g_clear_handle_id (&self->writer_goes, g_source_remove);
  g_clear_pointer (&self->writer, g_free);
  gtk_widget_set_visible (GTK_WIDGET (self->typing), FALSE);
}

static gboolean
writer_goes_cb (gpointer data)
{
  WATTLE_THREAD_PAGE (data)->writer_goes = 0;
  hide_typing (data);
  return G_SOURCE_REMOVE;
}

static void
typing_cb (WattleThreadPage *self, const char *thread, const char *user)
{
  const char *name = g_hash_table_lookup (self->names, user);
  g_autofree char *text = NULL;

  if (g_strcmp0 (thread, self->thread) != 0)
    return;
  hide_typing (self);
  text = name != NULL ? g_strdup_printf (_("%s is writing…"), name) : g_strdup (_("The other side is writing…"));
  gtk_label_set_label (self->typing, text);
  gtk_widget_set_visible (GTK_WIDGET (self->typing), TRUE);
  self->writer = g_strdup (user);
  self->writer_goes = g_timeout_add_seconds (BELIEVE_SECONDS, writer_goes_cb, self);
}

/* Who wrote or read here has a name; who has sent what they were writing is not writing any more. */
static void
learn_names (WattleThreadPage *self, const WattleConversation *conversation)
{
  for (guint i = 0; conversation->marks != NULL && i < conversation->marks->len; i++)
    {
      const char *name = wattle_record_get_string (conversation->marks->pdata[i], WATTLE_THREAD_MARK_USER_NAME);

      if (name != NULL)
        g_hash_table_insert (
          self->names, g_strdup (wattle_record_get_string (conversation->marks->pdata[i], WATTLE_THREAD_MARK_USER)),
          g_strdup (name));
    }
  for (guint i = 0; i < conversation->messages->len; i++)
    {
      WattleRecord *message = conversation->messages->pdata[i];
      const char *name = wattle_record_get_string (message, WATTLE_MESSAGE_AUTHOR_NAME);

      if (name != NULL)
        g_hash_table_insert (self->names, g_strdup (wattle_record_get_string (message, WATTLE_MESSAGE_AUTHOR)),
                             g_strdup (name));
    }
  if (self->writer != NULL && conversation->messages->len > 0
      && g_strcmp0 (wattle_record_get_string (conversation->messages->pdata[conversation->messages->len - 1],
                                              WATTLE_MESSAGE_AUTHOR),
                    self->writer)
           == 0)
    hide_typing (self);
}

static void
typed_cb (WattleThreadPage *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  gint64 now = g_get_monotonic_time ();

  if (self->thread == NULL || !gtk_widget_has_focus (GTK_WIDGET (self->text)) || !wattle_context_is_ready (context)
      || gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->text)) == 0
      || (self->told_at != 0 && now - self->told_at < TELL_EVERY))
    return;
  self->told_at = now;
  wattle_client_tell_typing (wattle_context_client (context), self->thread);
}

static void
show_phase (WattleThreadPage *self, const WattleConversation *conversation)
{
  GTimeZone *zone = wattle_context_zone (wattle_view_context (WATTLE_VIEW (self)));
  g_autofree char *opens = wattle_display_date_time (conversation->opens_at, zone);
  g_autofree char *ahead
    = g_strdup_printf (_("You can write here from %s on, or as soon as the visit is paid."), opens);
  gboolean open = conversation->phase == WATTLE_THREAD_PHASE_OPEN;
  g_autofree char *text = typed (self);

  /* What was typed and not sent can still be read and copied. */
  gtk_widget_set_visible (self->composer, open || *text != '\0');
  gtk_text_view_set_editable (self->text, open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.send", open && !self->sending);
  gtk_widget_set_sensitive (self->attach, open && !self->sending);
  gtk_widget_set_visible (GTK_WIDGET (self->closed), !open);
  gtk_label_set_label (self->closed, conversation->phase == WATTLE_THREAD_PHASE_AHEAD
                                       ? ahead
                                       : _("The visit is over. What was written is kept in the record."));
  gtk_label_set_label (self->empty, open ? _("Nobody has written yet. What you write reaches the other side at once, "
                                             "or when there is a connection again.")
                                         : _("Nobody has written here."));
}

static void
show_waiting (WattleThreadPage *self, const WattleConversation *conversation)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  WattleRecord *thread = conversation->thread;
  g_autofree char *since = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->waiting, thread != NULL && wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY)
                                           && wattle_context_may (context, "thread.flag"));
  if (!gtk_widget_get_visible (self->waiting))
    return;
  since = wattle_display_date_time (wattle_record_get_integer (thread, WATTLE_THREAD_NEEDS_REPLY_SINCE),
                                    wattle_context_zone (context));
  text = g_strdup_printf (_("Needs a reply, since %s"), since);
  gtk_label_set_label (self->waiting_text, text);
}

static void
insert_template_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleThreadPage *self = WATTLE_THREAD_PAGE (widget);
  guint position = g_variant_get_int32 (parameter);

  if (self->template_texts == NULL || position >= self->template_texts->len)
    return;
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (self->text), self->template_texts->pdata[position], -1);
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static void
show_templates (WattleThreadPage *self, const WattleConversation *conversation)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_clear_pointer (&self->template_texts, g_ptr_array_unref);
  self->template_texts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < conversation->templates->len; i++)
    {
      WattleRecord *template = conversation->templates->pdata[i];
      g_autofree char *action = g_strdup_printf ("message.template(%u)", self->template_texts->len);

      if (wattle_record_has (template, WATTLE_MESSAGE_TEMPLATE_ACTIVE)
          && !wattle_record_get_boolean (template, WATTLE_MESSAGE_TEMPLATE_ACTIVE))
        continue;
      g_menu_append (menu, wattle_record_get_string (template, WATTLE_MESSAGE_TEMPLATE_TITLE), action);
      g_ptr_array_add (self->template_texts,
                       g_strdup (wattle_record_get_string (template, WATTLE_MESSAGE_TEMPLATE_BODY)));
    }
  gtk_menu_button_set_menu_model (self->templates, G_MENU_MODEL (menu));
  gtk_widget_set_visible (GTK_WIDGET (self->templates), self->template_texts->len > 0);
}

/* Whoever sees the last message has read it; a window behind others shows it to nobody, until it comes to the front. */
static void
mark_read (WattleThreadPage *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *upto = NULL;
  g_autofree char *args = NULL;

  if (self->last_at <= self->marked || !gtk_widget_get_mapped (GTK_WIDGET (self)) || !GTK_IS_WINDOW (root)
      || !gtk_window_is_active (GTK_WINDOW (root)) || !wattle_context_is_ready (context))
    return;
  self->marked = self->last_at;
  upto = wattle_instant_format (self->last_at);
  args = g_strdup_printf ("{\"id\":\"%s\",\"read_upto\":\"%s\"}", self->thread, upto);
  wattle_perform (GTK_WIDGET (self), context, "thread.mark", args, ignore_cb, NULL);
}

static void
see_last (WattleThreadPage *self, const WattleConversation *conversation)
{
  WattleRecord *last = conversation->messages->len > 0
                         ? g_ptr_array_index (conversation->messages, conversation->messages->len - 1)
                         : NULL;

  self->last_at =
    last != NULL && wattle_record_revision (last) > 0 ? wattle_record_get_integer (last, WATTLE_MESSAGE_SENT_AT) : 0;
  self->marked = MAX (self->marked, conversation->read_upto);
  mark_read (self);
}

/* What is typed belongs to the conversation, whichever way one came to it. */
static void
keep_draft (WattleThreadPage *self, const WattleConversation *conversation)
{
  g_autofree char *id = conversation->thread != NULL ? g_strdup (wattle_record_id (conversation->thread))
                                                     : wattle_thread_id_of_visit (conversation->visit);
  g_autofree char *key = g_strdup_printf ("message:%s", id);

  if (self->keeper != NULL)
    return;
  self->keeper = wattle_draft_keeper_new (wattle_view_context (WATTLE_VIEW (self)), key);
  wattle_draft_keeper_bind (self->keeper, "body", gtk_text_view_get_buffer (self->text));
  wattle_draft_keeper_restore (self->keeper);
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleThreadPage *self = owner;
  const WattleConversation *conversation = result;

  if (error != NULL)
    {
      gtk_label_set_label (self->title, error->message);
      gtk_widget_set_visible (self->composer, FALSE);
      return;
    }
  g_free (self->thread);
  self->thread = g_strdup (conversation->thread != NULL ? wattle_record_id (conversation->thread) : NULL);
  g_free (self->visit);
  self->visit = g_strdup (conversation->visit != NULL ? wattle_record_id (conversation->visit) : NULL);
  gtk_label_set_label (self->title, conversation->title);
  gtk_label_set_label (self->subtitle, conversation->subtitle != NULL ? conversation->subtitle : "");
  gtk_widget_set_visible (self->attach, conversation->visit != NULL);
  keep_draft (self, conversation);
  learn_names (self, conversation);
  show_phase (self, conversation);
  show_waiting (self, conversation);
  show_templates (self, conversation);
  show_messages (self, conversation);
  see_last (self, conversation);
}

static void
refresh (WattleView *view)
{
  WattleThreadPage *self = WATTLE_THREAD_PAGE (view);

  wattle_view_load (view, wattle_conversation_read,
                    wattle_conversation_arguments (wattle_view_context (view), self->type, self->id, self->shown),
                    (GDestroyNotify) wattle_conversation_free, loaded_cb);
}

static void
set_sending (WattleThreadPage *self, gboolean sending)
{
  self->sending = sending;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.send", !sending);
  gtk_widget_set_sensitive (self->attach, !sending);
}

/* Only what was sent goes from where one writes. */
static void
take_away_sent (WattleThreadPage *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char *text = typed (self);
  gboolean grown = self->sent != NULL && g_str_has_prefix (text, self->sent);
  const char *rest = grown ? text + strlen (self->sent) : text;
  GtkTextIter start, end;

  if (g_strcmp0 (text, self->sent) == 0)
    {
      gtk_text_buffer_set_text (buffer, "", 0);
      wattle_draft_keeper_drop (self->keeper);
    }
  else if (grown)
    {
      gtk_text_buffer_get_start_iter (buffer, &start);
      gtk_text_buffer_get_iter_at_offset (buffer, &end, g_utf8_pointer_to_offset (text, rest));
      gtk_text_buffer_delete (buffer, &start, &end);
    }
  g_clear_pointer (&self->sent, g_free);
}

static gboolean
sent_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleThreadPage *self = WATTLE_THREAD_PAGE (widget);

  set_sending (self, FALSE);
  g_clear_pointer (&self->file, g_bytes_unref);
  if (error != NULL)
    return FALSE;
  take_away_sent (self);
  self->follows = TRUE;
  wattle_view_refresh (WATTLE_VIEW (self));
  return TRUE;
}

static void
write_document (WattleThreadPage *self, WattleJsonWriter *writer, const char *hash)
{
  g_autoptr (WattleRecord) document = wattle_record_new (WATTLE_RECORD_DOCUMENT);

  wattle_record_set_integer (document, WATTLE_DOCUMENT_KIND, WATTLE_DOCUMENT_KIND_OTHER);
  wattle_record_set_string (document, WATTLE_DOCUMENT_TITLE, self->file_name);
  wattle_record_set_integer (document, WATTLE_DOCUMENT_DOCUMENT_DATE,
                             wattle_context_today (wattle_view_context (WATTLE_VIEW (self))));
  wattle_record_set_string (
    document, WATTLE_DOCUMENT_MEDIA_TYPE,
    wattle_attachment_media (g_bytes_get_data (self->file, NULL), g_bytes_get_size (self->file)));
  wattle_record_set_integer (document, WATTLE_DOCUMENT_SIZE, g_bytes_get_size (self->file));
  wattle_record_set_string (document, WATTLE_DOCUMENT_HASH, hash);
  wattle_json_name (writer, "document");
  wattle_record_write_json (document, writer);
}

static void
send_text (WattleThreadPage *self, const char *hash)
{
  g_autofree char *body = g_strstrip (typed (self));
  g_autoptr (GString) args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);

  g_free (self->sent);
  self->sent = typed (self);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "thread", self->thread);
  if (*body != '\0')
    wattle_json_pair_string (&writer, "body", body);
  if (hash != NULL)
    write_document (self, &writer, hash);
  wattle_json_end_object (&writer);
  wattle_perform (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), "message.send", args->str, sent_cb,
                  NULL);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleThreadPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = wattle_client_put_blob_finish (WATTLE_CLIENT (source), result, &error);

  if (hash != NULL && wattle_context_is_ready (wattle_view_context (WATTLE_VIEW (self))))
    {
      send_text (self, hash);
      return;
    }
  set_sending (self, FALSE);
  if (error != NULL)
    wattle_show_error (GTK_WIDGET (self), error);
}

static void
send_all (WattleThreadPage *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));

  if (self->file != NULL)
    wattle_client_put_blob_async (wattle_context_client (context), self->file, NULL, put_cb, g_object_ref (self));
  else
    send_text (self, NULL);
}

static void
opened_loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleThreadPage *self = owner;
  const WattleConversation *conversation = result;

  if (error != NULL)
    {
      set_sending (self, FALSE);
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  g_free (self->thread);
  self->thread = wattle_thread_id_of_visit (conversation->visit);
  send_all (self);
}

static gboolean
opened_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleThreadPage *self = WATTLE_THREAD_PAGE (widget);
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));

  if (error != NULL || self->visit == NULL)
    {
      set_sending (self, FALSE);
      return FALSE;
    }
  wattle_context_load (context, wattle_conversation_read,
                       wattle_conversation_arguments (context, WATTLE_RECORD_APPOINTMENT, self->visit, 1),
                       (GDestroyNotify) wattle_conversation_free, NULL, self, opened_loaded_cb);
  return TRUE;
}

/* The first message of a visit opens its conversation. */
static void
begin_sending (WattleThreadPage *self)
{
  g_autofree char *args = NULL;

  set_sending (self, TRUE);
  if (self->thread != NULL)
    {
      send_all (self);
      return;
    }
  args = g_strdup_printf ("{\"appointment\":\"%s\"}", self->visit);
  wattle_perform (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), "thread.open", args, opened_cb, NULL);
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleThreadPage *self = WATTLE_THREAD_PAGE (widget);
  g_autofree char *body = g_strstrip (typed (self));

  if (*body != '\0' && !self->sending && (self->thread != NULL || self->visit != NULL)
      && wattle_context_is_ready (wattle_view_context (WATTLE_VIEW (self))))
    begin_sending (self);
}

static void
answered_cb (WattleThreadPage *self)
{
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\",\"needs_reply\":false}", self->thread);

  wattle_perform (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), "thread.flag", args, NULL, NULL);
}

static void
older_cb (WattleThreadPage *self)
{
  self->shown += PAGE * 5;
  self->wants_older = TRUE;
  wattle_view_refresh (WATTLE_VIEW (self));
}

static void
file_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleThreadPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (bytes != NULL && (size == 0 || size > MAX_FILE))
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                 size == 0 ? _("This file is empty. Nothing was sent.")
                           : _("This file has more than 25 MB. Nothing was sent; make it smaller first."));
  else if (bytes != NULL && wattle_attachment_media (g_bytes_get_data (bytes, NULL), size) == NULL)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                 _("This file is none of those that a message takes: PDF documents and PNG or JPEG pictures. Nothing "
                    "was sent."));
  if (error != NULL)
    {
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  if (self->sending)
    return;
  g_clear_pointer (&self->file, g_bytes_unref);
  self->file = g_steal_pointer (&bytes);
  begin_sending (self);
}

/* Looked at first, so that no more is read than may be sent. */
static void
file_size_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleThreadPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (info != NULL && g_file_info_get_size (info) > MAX_FILE)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                 _("This file has more than 25 MB. Nothing was sent; make it smaller first."));
  if (error != NULL)
    {
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  g_free (self->file_name);
  self->file_name = g_utf8_substring (g_file_info_get_display_name (info), 0,
                                      MIN (g_utf8_strlen (g_file_info_get_display_name (info), -1), 200));
  g_file_load_bytes_async (G_FILE (source), NULL, file_read_cb, g_object_ref (self));
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, WattleThreadPage *self)
{
  g_autoptr (GFile) file
    = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME,
                             G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL, file_size_cb, g_object_ref (self));
  g_object_unref (dialog);
}

static void
attach_cb (WattleThreadPage *self)
{
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_("Send a File"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _("_Send"), _("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("PDF, PNG and JPEG"));
  gtk_file_filter_add_mime_type (filter, "application/pdf");
  gtk_file_filter_add_mime_type (filter, "image/png");
  gtk_file_filter_add_mime_type (filter, "image/jpeg");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gboolean
grab_focus (GtkWidget *widget)
{
  WattleThreadPage *self = WATTLE_THREAD_PAGE (widget);

  return gtk_widget_get_visible (self->composer) && gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static void
root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wattle_thread_page_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_root (widget), "notify::is-active", G_CALLBACK (mark_read), widget,
                           G_CONNECT_SWAPPED);
}

static void
unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_root (widget), mark_read, widget);
  GTK_WIDGET_CLASS (wattle_thread_page_parent_class)->unroot (widget);
}

static void
wattle_thread_page_dispose (GObject *object)
{
  WattleThreadPage *self = WATTLE_THREAD_PAGE (object);

  if (self->keeper != NULL)
    wattle_draft_keeper_flush (self->keeper);
  g_clear_object (&self->keeper);
  g_clear_handle_id (&self->writer_goes, g_source_remove);
  g_clear_pointer (&self->writer, g_free);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->file, g_bytes_unref);
  g_clear_pointer (&self->template_texts, g_ptr_array_unref);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->thread, g_free);
  g_clear_pointer (&self->visit, g_free);
  g_clear_pointer (&self->searched, g_free);
  g_clear_pointer (&self->withdrawn, g_free);
  g_clear_pointer (&self->file_name, g_free);
  g_clear_pointer (&self->sent, g_free);
  G_OBJECT_CLASS (wattle_thread_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/messages/thread-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, title);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, subtitle);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, waiting);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, waiting_text);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, older);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, empty);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, messages);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, typing);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, closed);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, composer);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, attach);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, templates);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, text);
  gtk_widget_class_bind_template_child (widget_class, WattleThreadPage, send);
  gtk_widget_class_bind_template_callback (widget_class, answered_cb);
  gtk_widget_class_bind_template_callback (widget_class, older_cb);
  gtk_widget_class_bind_template_callback (widget_class, attach_cb);
}

static void
wattle_thread_page_class_init (WattleThreadPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_thread_page_dispose;
  widget_class->grab_focus = grab_focus;
  widget_class->root = root;
  widget_class->unroot = unroot;
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "message.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "message.template", "i", insert_template_action);
  view_class->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD) | WATTLE_TYPE_BIT (WATTLE_RECORD_MESSAGE)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD_MARK) | WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_MESSAGE_TEMPLATE) | WATTLE_TYPE_BIT (WATTLE_RECORD_DOCUMENT);
  view_class->refresh = refresh;
}

static void
wattle_thread_page_init (WattleThreadPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->shown = PAGE;
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (typed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "map", G_CALLBACK (mark_read), NULL);
}

/**
 * wattle_thread_page_new:
 * @context: the context
 * @type: %WATTLE_RECORD_THREAD, or %WATTLE_RECORD_APPOINTMENT for the conversation of a visit
 * @id: its id
 * @searched: (nullable): words to mark
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wattle_thread_page_new (WattleContext *context, WattleRecordType type, const char *id, const char *searched)
{
  WattleThreadPage *self = g_object_new (WATTLE_TYPE_THREAD_PAGE, NULL);

  self->type = type;
  self->id = g_strdup (id);
  self->searched = g_strdup (searched);
  g_object_set (self, "context", context, NULL);
  g_signal_connect_object (wattle_context_client (context), "typing", G_CALLBACK (typing_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * wattle_thread_page_id:
 * @self: a page
 *
 * Returns: the id that it was made with
 */
const char *
wattle_thread_page_id (WattleThreadPage *self)
{
  return self->id;
}

void
wattle_thread_page_set_searched (WattleThreadPage *self, const char *searched)
{
  if (g_strcmp0 (self->searched, searched) == 0)
    return;
  g_free (self->searched);
  self->searched = g_strdup (searched);
  wattle_view_refresh (WATTLE_VIEW (self));
}
