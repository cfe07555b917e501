/* messages-view.c: the place of conversations: a list, and the one that is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/messages/messages-view.h"

#include <glib/gi18n-lib.h>

#include "app/messages/message-data.h"
#include "app/messages/new-thread-dialog.h"
#include "app/messages/thread-page.h"
#include "app/widgets/entry-row.h"

struct _WattleMessagesView
{
  WattleView parent;
  guint minute;
  AdwLeaflet *leaflet;
  GtkWidget *list;
  GtkWidget *open;
  GtkEditable *search;
  GtkDropDown *filter;
  GtkWidget *tools;
  GtkWidget *new_button;
  GtkListBox *threads;
  GtkStack *stack;
  AdwBin *thread;
};

G_DEFINE_FINAL_TYPE (WattleMessagesView, wattle_messages_view, WATTLE_TYPE_VIEW)

static WattleThreadPage *
page (WattleMessagesView *self)
{
  GtkWidget *child = adw_bin_get_child (self->thread);

  return child != NULL ? WATTLE_THREAD_PAGE (child) : NULL;
}

static void
open_thread (WattleMessagesView *self, WattleRecordType type, const char *id)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));

  if (page (self) == NULL || g_strcmp0 (wattle_thread_page_id (page (self)), id) != 0)
    adw_bin_set_child (self->thread, wattle_thread_page_new (context, type, id, gtk_editable_get_text (self->search)));
  gtk_stack_set_visible_child_name (self->stack, "thread");
  adw_leaflet_set_visible_child (self->leaflet, self->open);
  gtk_widget_grab_focus (GTK_WIDGET (page (self)));
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleMessagesView *self = owner;
  WattleThreads *threads = result;
  gboolean searching = *gtk_editable_get_text (self->search) != '\0';
  WattleEntryList list = { .icon = "mail-unread-symbolic",
                           .title = searching ? _("Nothing found") : _("No conversations here"),
                           .subtitle = searching ? _("Try another word, or a date such as 20/11.")
                                                 : _("Messages about a visit open 15 minutes before it, or when it is "
                                                     "paid.") };

  if (wattle_context_is_fetching (wattle_view_context (WATTLE_VIEW (self))))
    list = wattle_entry_list_fetching ();
  if (error == NULL)
    wattle_entry_list_fill (self->threads, threads->entries, 0, &list);
}

static void
refresh (WattleView *view)
{
  WattleMessagesView *self = WATTLE_MESSAGES_VIEW (view);
  WattleContext *context = wattle_view_context (view);
  const WattleActor *actor = wattle_context_actor (context);

  gtk_widget_set_visible (self->new_button, wattle_context_may (context, "thread.start"));
  gtk_widget_set_visible (self->tools, actor->role != WATTLE_ROLE_PATIENT);
  if (actor->role == WATTLE_ROLE_PATIENT)
    gtk_widget_add_css_class (GTK_WIDGET (self), "wattle-portal");
  wattle_view_load (view, wattle_threads_read,
                    wattle_threads_arguments (context, gtk_drop_down_get_selected (self->filter),
                                              gtk_editable_get_text (self->search)),
                    (GDestroyNotify) wattle_threads_free, loaded_cb);
}

/* What opens and closes by the clock does so while somebody looks. */
static gboolean
minute_cb (gpointer data)
{
  WattleMessagesView *self = data;

  if (wattle_view_context (WATTLE_VIEW (self)) == NULL)
    return G_SOURCE_CONTINUE;
  wattle_view_refresh (WATTLE_VIEW (self));
  if (page (self) != NULL)
    wattle_view_refresh (WATTLE_VIEW (page (self)));
  return G_SOURCE_CONTINUE;
}

static void
narrowed_cb (WattleMessagesView *self)
{
  if (wattle_view_context (WATTLE_VIEW (self)) == NULL)
    return;
  wattle_view_refresh (WATTLE_VIEW (self));
  if (page (self) != NULL)
    wattle_thread_page_set_searched (page (self), gtk_editable_get_text (self->search));
}

static void
stop_search_cb (WattleMessagesView *self)
{
  gtk_editable_set_text (self->search, "");
}

static void
activated_cb (WattleMessagesView *self, GtkListBoxRow *row)
{
  WattleRecord *record = WATTLE_IS_ENTRY_ROW (row) ? wattle_entry_row_record (WATTLE_ENTRY_ROW (row)) : NULL;

  if (record != NULL)
    open_thread (self, wattle_record_type (record)->id, wattle_record_id (record));
}

static void
back_cb (WattleMessagesView *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->list);
}

static void
started_cb (const char *id, gpointer data)
{
  open_thread (WATTLE_MESSAGES_VIEW (data), WATTLE_RECORD_THREAD, id);
}

static gboolean
create (WattleView *view)
{
  WattleContext *context = wattle_view_context (view);

  if (!wattle_context_may (context, "thread.start"))
    return FALSE;
  wattle_new_thread_dialog_open (GTK_WIDGET (view), context, started_cb, view);
  return TRUE;
}

static void
new_cb (WattleMessagesView *self)
{
  create (WATTLE_VIEW (self));
}

static gboolean
reveal (WattleView *view, WattleRecordType type, const char *id)
{
  if (type != WATTLE_RECORD_THREAD)
    return FALSE;
  open_thread (WATTLE_MESSAGES_VIEW (view), type, id);
  return TRUE;
}

static gboolean
focus_search (WattleView *view)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WATTLE_MESSAGES_VIEW (view)->search));
}

static void
wattle_messages_view_dispose (GObject *object)
{
  g_clear_handle_id (&WATTLE_MESSAGES_VIEW (object)->minute, g_source_remove);
  G_OBJECT_CLASS (wattle_messages_view_parent_class)->dispose (object);
}

static void
wattle_messages_view_class_init (WattleMessagesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_messages_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/messages/messages-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, list);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, open);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, search);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, filter);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, tools);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, new_button);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, threads);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesView, thread);
  gtk_widget_class_bind_template_callback (widget_class, narrowed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_cb);
  view_class->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD) | WATTLE_TYPE_BIT (WATTLE_RECORD_MESSAGE)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD_MARK) | WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT);
  view_class->refresh = refresh;
  view_class->create = create;
  view_class->reveal = reveal;
  view_class->focus_search = focus_search;
}

static void
wattle_messages_view_init (WattleMessagesView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->minute = g_timeout_add_seconds (60, minute_cb, self);
}
