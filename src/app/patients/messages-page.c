/* messages-page.c: what a clinician and a patient wrote to each other, as a part of the chart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/messages-page.h"

#include <glib/gi18n-lib.h>

#include "app/messages/thread-page.h"
#include "app/papers/paper-window.h"
#include "app/papers/papers.h"
#include "app/widgets/entry-row.h"

struct _WattleMessagesPage
{
  WattleChartPage parent;
  GtkStack *stack;
  GtkListBox *threads;
  AdwBin *thread;
};

G_DEFINE_FINAL_TYPE (WattleMessagesPage, wattle_messages_page, WATTLE_TYPE_CHART_PAGE)

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattleEntryList list = { .icon = "mail-unread-symbolic",
                           .title = _("No messages"),
                           .subtitle = _("What you and the patient write to each other about a visit stands here.") };

  wattle_entry_list_fill (WATTLE_MESSAGES_PAGE (page)->threads, chart->parts[WATTLE_CHART_MESSAGES], 0, &list);
}

static void
activated_cb (WattleMessagesPage *self, GtkListBoxRow *row)
{
  if (!WATTLE_IS_ENTRY_ROW (row))
    return;
  adw_bin_set_child (self->thread,
                     wattle_thread_page_new (wattle_view_context (WATTLE_VIEW (self)), WATTLE_RECORD_THREAD,
                                             wattle_entry_row_id (WATTLE_ENTRY_ROW (row)), NULL));
  gtk_stack_set_visible_child_name (self->stack, "thread");
  gtk_widget_grab_focus (adw_bin_get_child (self->thread));
}

static gboolean
back (WattleChartPage *page)
{
  WattleMessagesPage *self = WATTLE_MESSAGES_PAGE (page);

  if (adw_bin_get_child (self->thread) == NULL)
    return FALSE;
  gtk_stack_set_visible_child_name (self->stack, "list");
  adw_bin_set_child (self->thread, NULL);
  return TRUE;
}

static void
back_cb (WattleMessagesPage *self)
{
  back (WATTLE_CHART_PAGE (self));
}

static gboolean
print (WattleChartPage *page)
{
  WattleMessagesPage *self = WATTLE_MESSAGES_PAGE (page);
  GtkWidget *thread = adw_bin_get_child (self->thread);
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  WattlePaperWindow *window;

  if (thread == NULL)
    return FALSE;
  window = wattle_paper_window_new (GTK_WIDGET (self), context);
  wattle_paper_window_show_work (window, wattle_paper_conversation,
                                 g_variant_new ("(ss)", wattle_thread_page_id (WATTLE_THREAD_PAGE (thread)),
                                                g_time_zone_get_identifier (wattle_context_zone (context))),
                                 WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD) | WATTLE_TYPE_BIT (WATTLE_RECORD_MESSAGE)
                                   | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT));
  gtk_window_present (GTK_WINDOW (window));
  return TRUE;
}

static void
print_cb (WattleMessagesPage *self)
{
  print (WATTLE_CHART_PAGE (self));
}

static void
wattle_messages_page_class_init (WattleMessagesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/messages-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesPage, threads);
  gtk_widget_class_bind_template_child (widget_class, WattleMessagesPage, thread);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, print_cb);
  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD) | WATTLE_TYPE_BIT (WATTLE_RECORD_MESSAGE)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT);
  WATTLE_CHART_PAGE_CLASS (klass)->parts = WATTLE_CHART_BIT (WATTLE_CHART_MESSAGES);
  WATTLE_CHART_PAGE_CLASS (klass)->show = show;
  WATTLE_CHART_PAGE_CLASS (klass)->print = print;
  WATTLE_CHART_PAGE_CLASS (klass)->back = back;
}

static void
wattle_messages_page_init (WattleMessagesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
