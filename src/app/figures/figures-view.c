/* figures-view.c: the practice in numbers, for those who see no patient
 *
 * The numbers come from the server, which hides those of few people. Nothing is
 * added up over a hidden one: what could be worked out is not hidden.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/figures/figures-view.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "app/widgets/hint-row.h"
#include "base/civil.h"
#include "base/error.h"
#include "base/money.h"

#define MAX_MONTHS 24
#define AGAIN_SECONDS 10

enum
{
  COMPLETED,
  CANCELLED,
  NO_SHOW,
  BOOKED,
  INCOME,
  N_FIGURES
};

static const struct
{
  const char *name; /* in the server's answer */
  const char *title;
} figures[N_FIGURES] = {
  { "completed", N_("Visits completed") },   { "cancelled", N_("Visits cancelled") },
  { "no_show", N_("Visits not attended") },  { "booked", N_("Visits booked") },
  { "income", N_("Payments received") },
};

/* Of the choices of "period": first and number of months, counted back from this one. */
static const struct
{
  guint newest;
  guint count;
} periods[] = { { 0, 1 }, { 1, 1 }, { 0, 3 }, { 0, 12 } };

typedef struct
{
  gint64 first; /* date */
  gint64 values[N_FIGURES];
  gboolean hidden[N_FIGURES]; /* of fewer than the smallest number of people */
} Month;

struct _WattleFiguresView
{
  WattleView parent;
  WattleClient *client; /* (nullable): whom "online" is heard from */
  guint again; /* source: the server is asked once more */
  GCancellable *asking; /* (nullable): of the last question; the answer to one before it counts no more */
  Month months[MAX_MONTHS]; /* the newest first */
  guint n_months;
  gint64 patients; /* -1: hidden */
  int smallest;
  gint64 at; /* when the server said so; 0 for never */
  GtkStack *stack;
  AdwStatusPage *problem;
  GtkLabel *heading;
  GtkLabel *summary;
  GtkDropDown *period;
  GtkFlowBox *tiles;
  GtkListBox *months_list;
};

G_DEFINE_FINAL_TYPE (WattleFiguresView, wattle_figures_view, WATTLE_TYPE_VIEW)

static char *
month_title (gint64 first)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (first * 24 * 60 * 60);

  return g_date_time_format (moment, "%B %Y");
}

static char *
figure_text (guint figure, gint64 value)
{
  return figure == INCOME ? wattle_money_format (value) : g_strdup_printf ("%'" G_GINT64_FORMAT, value);
}

static void
add_tile (WattleFiguresView *self, const char *title, const char *value, const char *note)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *number = gtk_label_new (value);
  GtkWidget *child;
  const char *words[] = { title, note };

  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "wattle-tile");
  gtk_widget_add_css_class (number, "title-2");
  gtk_label_set_xalign (GTK_LABEL (number), 0);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      GtkWidget *label = gtk_label_new (words[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      /* It is the number that says how many tiles stand side by side. */
      gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
      gtk_widget_add_css_class (label, i == 0 ? "caption-heading" : "caption");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_set_visible (label, words[i] != NULL);
      gtk_box_append (GTK_BOX (box), label);
      if (i == 0)
        gtk_box_append (GTK_BOX (box), number);
    }
  gtk_flow_box_append (self->tiles, box);
  child = gtk_widget_get_parent (box);
  gtk_widget_set_focusable (child, FALSE);
}

static void
add_sum (WattleFiguresView *self, guint figure, guint newest, guint end)
{
  gint64 sum = 0;
  guint hidden = 0;
  g_autofree char *text = NULL;
  g_autofree char *note = NULL;

  for (guint i = newest; i < end; i++)
    if (self->months[i].hidden[figure])
      hidden++;
    else
      sum += self->months[i].values[figure];
  text = hidden < end - newest ? figure_text (figure, sum) : g_strdup ("–");
  if (hidden == 1 && end - newest == 1)
    note = g_strdup_printf (_("of fewer than %d people"), self->smallest);
  else if (hidden > 0)
    note = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "without %u month of fewer than %d people",
                                         "without %u months of fewer than %d people", hidden),
                            hidden, self->smallest);
  add_tile (self, _(figures[figure].title), text, note);
}

static void
show_tiles (WattleFiguresView *self)
{
  GtkFlowBoxChild *child;
  guint choice = MIN (gtk_drop_down_get_selected (self->period), G_N_ELEMENTS (periods) - 1);
  guint newest = MIN (periods[choice].newest, self->n_months);
  guint end = MIN (newest + periods[choice].count, self->n_months);
  g_autofree char *last = newest < end ? month_title (self->months[newest].first) : g_strdup ("");
  g_autofree char *first = newest < end ? month_title (self->months[end - 1].first) : g_strdup ("");
  g_autofree char *span = end - newest > 1 ? g_strdup_printf (_("%s to %s"), first, last) : g_strdup (last);
  g_autofree char *patients = self->patients >= 0 ? g_strdup_printf ("%'" G_GINT64_FORMAT, self->patients)
                                                  : g_strdup ("–");
  g_autofree char *few = self->patients >= 0 ? NULL : g_strdup_printf (_("fewer than %d"), self->smallest);

  gtk_label_set_label (self->heading, span);
  while ((child = gtk_flow_box_get_child_at_index (self->tiles, 0)) != NULL)
    gtk_flow_box_remove (self->tiles, GTK_WIDGET (child));
  for (guint i = 0; i < N_FIGURES; i++)
    add_sum (self, i, newest, end);
  add_tile (self, _("Active patients today"), patients, few);
}

static gboolean
is_empty (const Month *month)
{
  for (guint i = 0; i < N_FIGURES; i++)
    if (month->hidden[i] || month->values[i] != 0)
      return FALSE;
  return TRUE;
}

static char *
count_text (WattleFiguresView *self, const Month *month, guint figure, const char *words)
{
  g_autofree char *few = g_strdup_printf (_("under %d"), self->smallest);
  g_autofree char *number = figure_text (figure, month->values[figure]);

  return g_strdup_printf ("%s %s", month->hidden[figure] ? few : number, words);
}

static GtkWidget *
month_row (WattleFiguresView *self, const Month *month, gboolean current)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = month_title (month->first);
  g_autofree char *title = current ? g_strdup_printf (_("%s, so far"), name) : g_strdup (name);
  g_autofree char *completed = count_text (self, month, COMPLETED, _("completed"));
  g_autofree char *cancelled = count_text (self, month, CANCELLED, _("cancelled"));
  g_autofree char *no_show = count_text (self, month, NO_SHOW, _("not attended"));
  g_autofree char *booked = count_text (self, month, BOOKED, _("booked"));
  g_autofree char *subtitle = g_strjoin (" · ", completed, cancelled, no_show,
                                         month->hidden[BOOKED] || month->values[BOOKED] > 0 ? booked : NULL, NULL);
  g_autofree char *income = month->hidden[INCOME] ? g_strdup ("–") : wattle_money_format (month->values[INCOME]);
  g_autofree char *label = g_strdup_printf (_("%s: %s; received %s"), title, subtitle, income);
  GtkWidget *money = gtk_label_new (income);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_widget_add_css_class (money, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), money);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return row;
}

/* Months before the first that tells of anything are left out. */
static void
show_months (WattleFiguresView *self)
{
  GtkListBoxRow *row;
  guint n = self->n_months;

  while ((row = gtk_list_box_get_row_at_index (self->months_list, 0)) != NULL)
    gtk_list_box_remove (self->months_list, GTK_WIDGET (row));
  while (n > 0 && is_empty (&self->months[n - 1]))
    n--;
  for (guint i = 0; i < n; i++)
    gtk_list_box_append (self->months_list, month_row (self, &self->months[i], i == 0));
  if (n == 0)
    gtk_list_box_append (self->months_list,
                         wattle_hint_row_new ("x-office-spreadsheet-symbolic", _("Nothing to count yet"),
                                              _("Each month with visits or payments stands here.")));
}

static void
show_summary (WattleFiguresView *self, gboolean stale)
{
  GTimeZone *zone = wattle_context_zone (wattle_view_context (WATTLE_VIEW (self)));
  g_autofree char *time = wattle_display_time (self->at, zone);
  g_autofree char *when = g_strdup_printf (stale ? _("As of %s; the server cannot be reached now.") : _("As of %s."),
                                           time);
  g_autofree char *rule = g_strdup_printf (_("Numbers of fewer than %d people are not shown."), self->smallest);
  g_autofree char *text = g_strjoin (" ", when, rule, NULL);

  gtk_label_set_label (self->summary, text);
}

static void
read_month (Month *month, WattleJsonNode node)
{
  const char *date = wattle_json_member_string (node, "month");

  *month = (Month){ 0 };
  if (date != NULL)
    wattle_date_parse (date, &month->first, NULL);
  for (guint i = 0; i < N_FIGURES; i++)
    {
      month->hidden[i] = wattle_json_kind (wattle_json_member (node, figures[i].name)) != WATTLE_JSON_INTEGER;
      month->values[i] = wattle_json_member_integer (node, figures[i].name, 0);
    }
}

static void
read_answer (WattleFiguresView *self, WattleJsonNode root)
{
  WattleJsonNode months = wattle_json_member (root, "months");
  guint n = wattle_json_length (months);

  self->smallest = (int) wattle_json_member_integer (root, "smallest", 0);
  self->patients = wattle_json_member_integer (root, "patients", -1);
  self->n_months = MIN (n, MAX_MONTHS);
  for (guint i = 0; i < self->n_months; i++)
    read_month (&self->months[i], wattle_json_element (months, n - 1 - i));
  self->at = wattle_clock_now ();
}

static gboolean
ask_again_cb (gpointer data)
{
  WattleFiguresView *self = data;

  self->again = 0;
  wattle_view_refresh (WATTLE_VIEW (self));
  return G_SOURCE_REMOVE;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleFiguresView) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  /* One that was disposed has no client. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || wattle_error_get_code (error) == WATTLE_ERROR_CANCELLED || self->client != WATTLE_CLIENT (source)
      || !wattle_context_is_ready (wattle_view_context (WATTLE_VIEW (self))))
    return;
  if (answer != NULL)
    {
      read_answer (self, wattle_json_root (answer));
      show_tiles (self);
      show_months (self);
    }
  else if (self->again == 0)
    self->again = g_timeout_add_seconds (AGAIN_SECONDS, ask_again_cb, self);
  if (answer == NULL && self->at == 0)
    adw_status_page_set_description (self->problem, error != NULL ? error->message : NULL);
  if (self->at != 0)
    show_summary (self, answer == NULL);
  gtk_stack_set_visible_child_name (self->stack, self->at != 0 ? "figures" : "none");
}

static void
ask (WattleFiguresView *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  wattle_client_call_async (self->client, "GET", "/figures", NULL, self->asking, answered_cb, g_object_ref (self));
}

static void
online_cb (WattleClient *client, GParamSpec *pspec, WattleFiguresView *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    wattle_view_refresh (WATTLE_VIEW (self));
}

static void
refresh (WattleView *view)
{
  WattleFiguresView *self = WATTLE_FIGURES_VIEW (view);
  WattleContext *context = wattle_view_context (view);

  if (self->client != wattle_context_client (context))
    {
      g_set_object (&self->client, wattle_context_client (context));
      g_signal_connect_object (self->client, "notify::online", G_CALLBACK (online_cb), self, 0);
    }
  if (wattle_context_may (context, "GET /v1/figures"))
    ask (self);
}

static void
period_cb (WattleFiguresView *self)
{
  if (self->at != 0)
    show_tiles (self);
}

static void
again_cb (WattleFiguresView *self)
{
  gtk_stack_set_visible_child_name (self->stack, "asking");
  wattle_view_refresh (WATTLE_VIEW (self));
}

/* No row that is kept here tells that the numbers have changed: who looks again is shown those of now. */
static void
wattle_figures_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wattle_figures_view_parent_class)->map (widget);
  if (WATTLE_FIGURES_VIEW (widget)->at != 0)
    wattle_view_refresh (WATTLE_VIEW (widget));
}

static void
wattle_figures_view_dispose (GObject *object)
{
  WattleFiguresView *self = WATTLE_FIGURES_VIEW (object);

  g_clear_handle_id (&self->again, g_source_remove);
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (wattle_figures_view_parent_class)->dispose (object);
}

static void
wattle_figures_view_class_init (WattleFiguresViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_figures_view_dispose;
  WATTLE_VIEW_CLASS (klass)->refresh = refresh;
  widget_class->map = wattle_figures_view_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/figures/figures-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleFiguresView, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleFiguresView, problem);
  gtk_widget_class_bind_template_child (widget_class, WattleFiguresView, heading);
  gtk_widget_class_bind_template_child (widget_class, WattleFiguresView, summary);
  gtk_widget_class_bind_template_child (widget_class, WattleFiguresView, period);
  gtk_widget_class_bind_template_child (widget_class, WattleFiguresView, tiles);
  gtk_widget_class_bind_template_child_full (widget_class, "months", FALSE,
                                             G_STRUCT_OFFSET (WattleFiguresView, months_list));
  gtk_widget_class_bind_template_callback (widget_class, period_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
}

static void
wattle_figures_view_init (WattleFiguresView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
