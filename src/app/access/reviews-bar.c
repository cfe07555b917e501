/* reviews-bar.c: tells a manager that emergency accesses wait for review, and takes the outcome
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/access/reviews-bar.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/json.h"
#include "domain/naming.h"

#define MOST 50

struct _WattleReviewsBar
{
  AdwBin parent;
  WattleContext *context;
  GtkListBox *list;
  GHashTable *notes; /* id of an access to what is being written about it */
};

G_DEFINE_FINAL_TYPE (WattleReviewsBar, wattle_reviews_bar, ADW_TYPE_BIN)

/* One access that waits, with the names that belong to it. */
typedef struct
{
  WattleRecord *grant;
  char *patient;
  char *practitioner;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *self = data;

  g_object_unref (self->grant);
  g_free (self->patient);
  g_free (self->practitioner);
  g_free (self);
}

static char *
name_of (WattleReader *reader, WattleRecordType type, const char *id)
{
  g_autoptr (WattleRecord) record = wattle_reader_get (reader, type, id, NULL);

  if (record == NULL)
    return g_strdup (_("Somebody"));
  return type == WATTLE_RECORD_PATIENT ? wattle_patient_display_name (record)
                                       : wattle_practitioner_display_name (record);
}

static gpointer
read_waiting (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_ACCESS_GRANT);
  g_autoptr (GPtrArray) grants = NULL;
  GPtrArray *waiting = g_ptr_array_new_with_free_func (waiting_free);

  wattle_query_where (&query, WATTLE_ACCESS_GRANT_KIND, WATTLE_COMPARE_EQUAL, WATTLE_ACCESS_KIND_EMERGENCY);
  wattle_query_order_by (&query, WATTLE_ACCESS_GRANT_REVIEW_DUE_AT, TRUE);
  grants = wattle_reader_query (reader, &query, NULL);
  for (guint i = 0; grants != NULL && i < grants->len && waiting->len < MOST; i++)
    {
      WattleRecord *grant = grants->pdata[i];
      Waiting *one;

      if (wattle_record_has (grant, WATTLE_ACCESS_GRANT_REVIEW_OUTCOME))
        continue;
      one = g_new0 (Waiting, 1);
      one->grant = g_object_ref (grant);
      one->patient = name_of (reader, WATTLE_RECORD_PATIENT, wattle_record_scope_id (grant));
      one->practitioner = name_of (reader, WATTLE_RECORD_PRACTITIONER,
                                   wattle_record_get_string (grant, WATTLE_ACCESS_GRANT_PRACTITIONER));
      g_ptr_array_add (waiting, one);
    }
  return waiting;
}

static void
review_cb (GtkButton *button, WattleReviewsBar *self)
{
  const char *grant = g_object_get_data (G_OBJECT (button), "grant");
  const char *note = g_hash_table_lookup (self->notes, grant);
  g_autoptr (GString) args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", grant);
  wattle_json_pair_string (&writer, "outcome", g_object_get_data (G_OBJECT (button), "outcome"));
  if (note != NULL && *note != '\0')
    wattle_json_pair_string (&writer, "note", note);
  wattle_json_end_object (&writer);
  wattle_perform (GTK_WIDGET (self), self->context, "access.review", args->str, NULL, NULL);
}

/* Kept beside the rows, so that news of another access does not take what is being written. */
static void
note_cb (GtkEditable *entry, WattleReviewsBar *self)
{
  g_hash_table_insert (self->notes, g_strdup (g_object_get_data (G_OBJECT (entry), "grant")),
                       g_strdup (gtk_editable_get_text (entry)));
}

static GtkWidget *
note_row (WattleReviewsBar *self, WattleRecord *grant)
{
  GtkWidget *row = adw_entry_row_new ();
  const char *written = g_hash_table_lookup (self->notes, wattle_record_id (grant));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Note on the review (if you like)"));
  g_object_set_data_full (G_OBJECT (row), "grant", g_strdup (wattle_record_id (grant)), g_free);
  if (written != NULL)
    gtk_editable_set_text (GTK_EDITABLE (row), written);
  g_signal_connect_object (row, "changed", G_CALLBACK (note_cb), self, 0);
  return row;
}

/* The reason that was given, and when somebody should have judged it. */
static char *
about (WattleReviewsBar *self, WattleRecord *grant)
{
  gint64 due = wattle_record_get_integer (grant, WATTLE_ACCESS_GRANT_REVIEW_DUE_AT);
  g_autofree char *when = wattle_display_date_time (due, wattle_context_zone (self->context));
  g_autofree char *text = g_strdup_printf (due < wattle_context_now (self->context) ? _("%s\nReview overdue since %s")
                                                                                    : _("%s\nReview due by %s"),
                                           wattle_record_get_string (grant, WATTLE_ACCESS_GRANT_REASON), when);

  return g_markup_escape_text (text, -1);
}

static GtkWidget *
outcome_button (WattleReviewsBar *self, WattleRecord *grant, int outcome)
{
  const WattleEnum *list = wattle_enum_find ("access_review");
  GtkWidget *button = gtk_button_new_with_label (_(wattle_enum_label (list, outcome)));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "grant", g_strdup (wattle_record_id (grant)), g_free);
  g_object_set_data (G_OBJECT (button), "outcome", (gpointer) wattle_enum_nick (list, outcome));
  g_signal_connect_object (button, "clicked", G_CALLBACK (review_cb), self, 0);
  return button;
}

static void
add_row (WattleReviewsBar *self, Waiting *one)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *text = g_strdup_printf (_("%s opened the record of %s in an emergency"), one->practitioner,
                                           one->patient);
  g_autofree char *title = g_markup_escape_text (text, -1);
  g_autofree char *reason = about (self, one->grant);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), reason);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), outcome_button (self, one->grant, WATTLE_ACCESS_REVIEW_JUSTIFIED));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             outcome_button (self, one->grant, WATTLE_ACCESS_REVIEW_NOT_JUSTIFIED));
  gtk_list_box_append (self->list, row);
  gtk_list_box_append (self->list, note_row (self, one->grant));
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleReviewsBar *self = owner;
  GPtrArray *waiting = result;
  GtkListBoxRow *row;

  if (self->context == NULL)
    return;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    add_row (self, waiting->pdata[i]);
  wattle_name_rows (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), waiting != NULL && waiting->len > 0);
}

static void
load (WattleReviewsBar *self)
{
  if (self->context == NULL || !wattle_context_is_ready (self->context)
      || !wattle_context_may (self->context, "access.review"))
    {
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      return;
    }
  wattle_context_load (self->context, read_waiting, NULL, (GDestroyNotify) g_ptr_array_unref, NULL, self, loaded_cb);
}

static void
changed_cb (WattleContext *context, guint64 types, WattleReviewsBar *self)
{
  if ((types & WATTLE_TYPE_BIT (WATTLE_RECORD_ACCESS_GRANT)) != 0)
    load (self);
}

static void
ready_cb (WattleContext *context, GParamSpec *pspec, WattleReviewsBar *self)
{
  load (self);
}

static void
wattle_reviews_bar_dispose (GObject *object)
{
  WattleReviewsBar *self = WATTLE_REVIEWS_BAR (object);

  g_clear_object (&self->context);
  g_clear_pointer (&self->notes, g_hash_table_unref);
  G_OBJECT_CLASS (wattle_reviews_bar_parent_class)->dispose (object);
}

static void
wattle_reviews_bar_class_init (WattleReviewsBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_reviews_bar_dispose;
}

static void
wattle_reviews_bar_init (WattleReviewsBar *self)
{
  self->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Emergency accesses to review"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->list));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * wattle_reviews_bar_follow:
 * @self: the bar
 * @context: the context
 *
 * Shows itself to those who review, while something waits for it. Call it again when the role in use may be another.
 */
void
wattle_reviews_bar_follow (WattleReviewsBar *self, WattleContext *context)
{
  if (self->context == NULL)
    {
      self->context = g_object_ref (context);
      g_signal_connect_object (context, "changed", G_CALLBACK (changed_cb), self, 0);
      g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, 0);
    }
  load (self);
}
