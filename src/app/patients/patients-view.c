/* patients-view.c: the list of patients, with search as one types
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/patients-view.h"

#include <glib/gi18n-lib.h>

#include "app/access/emergency-dialog.h"
#include "app/access/reviews-bar.h"
#include "app/widgets/display.h"
#include "app/widgets/list-row.h"
#include "app/widgets/record-dialog.h"
#include "base/id.h"
#include "store/list-model.h"

#define MAX_FOUND 200

struct _WattlePatientsView
{
  WattleView parent;
  WattleListModel *model;
  WattleStore *store; /* that the model reads */
  GtkWidget *header_start;
  GtkEditable *search;
  GtkStack *stack;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkWidget *emergency;
  WattleReviewsBar *reviews;
};

G_DEFINE_FINAL_TYPE (WattlePatientsView, wattle_patients_view, WATTLE_TYPE_VIEW)

static void
show_page (WattlePatientsView *self)
{
  gboolean searching = *gtk_editable_get_text (self->search) != '\0';
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0;

  if (any || wattle_list_model_get_loading (self->model)
      || wattle_context_is_fetching (wattle_view_context (WATTLE_VIEW (self))))
    gtk_stack_set_visible_child_name (self->stack, "list");
  else
    gtk_stack_set_visible_child_name (self->stack, searching ? "none" : "empty");
}

static void
typed_cb (WattlePatientsView *self)
{
  const char *typed = gtk_editable_get_text (self->search);
  WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);

  if (self->model == NULL)
    return;
  wattle_query_order_by (&query, WATTLE_PATIENT_FAMILY_NAME, FALSE);
  if (*typed != '\0')
    wattle_list_model_set_search (self->model, WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT), typed, MAX_FOUND);
  else
    wattle_list_model_set_query (self->model, &query);
}

static void
open_at (WattlePatientsView *self, guint position)
{
  g_autoptr (WattleRow) row = g_list_model_get_item (G_LIST_MODEL (self->model), position);
  WattleRecord *patient = row != NULL ? wattle_row_get_record (row) : NULL;

  if (patient != NULL)
    wattle_context_open (wattle_view_context (WATTLE_VIEW (self)), WATTLE_RECORD_PATIENT, wattle_record_id (patient));
}

static void
activate_cb (WattlePatientsView *self, guint position)
{
  open_at (self, position);
}

static void
first_cb (WattlePatientsView *self)
{
  if (self->model != NULL)
    open_at (self, 0);
}

static void
stop_cb (WattlePatientsView *self)
{
  gtk_editable_set_text (self->search, "");
}

static void
emergency_cb (WattlePatientsView *self)
{
  wattle_emergency_dialog_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                                gtk_editable_get_text (self->search));
}

static gboolean
key_cb (WattlePatientsView *self, guint key)
{
  if (key != GDK_KEY_Down)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_DOWN);
  return GDK_EVENT_STOP;
}

static void
show_row (WattleRow *row, GParamSpec *pspec, GtkListItem *item)
{
  WattleListRow *widget = WATTLE_LIST_ROW (gtk_list_item_get_child (item));
  WattlePatientsView *self = g_object_get_data (G_OBJECT (item), "view");
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  WattleRecord *patient = wattle_row_get_record (row);
  g_autofree char *name = NULL;
  g_autofree char *line = NULL;
  const char *suburb;

  if (patient == NULL || context == NULL)
    {
      wattle_list_row_set (widget, NULL, "…", " ", NULL);
      return;
    }
  name = wattle_display_patient (patient);
  line = wattle_display_patient_line (patient, wattle_context_today (context));
  suburb = wattle_record_get_string (patient, WATTLE_PATIENT_SUBURB);
  wattle_list_row_set (widget, NULL, name, line, suburb);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, g_object_new (WATTLE_TYPE_LIST_ROW, NULL));
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  WattleRow *row = gtk_list_item_get_item (item);
  GtkWidget *view = gtk_widget_get_ancestor (gtk_list_item_get_child (item), WATTLE_TYPE_PATIENTS_VIEW);

  if (view == NULL)
    return;
  g_object_set_data (G_OBJECT (item), "view", view);
  g_signal_connect_object (row, "notify::record", G_CALLBACK (show_row), item, 0);
  show_row (row, NULL, item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  WattleRow *row = gtk_list_item_get_item (item);

  /* A list that goes away with its window has let go of the row before. */
  if (row != NULL)
    g_signal_handlers_disconnect_by_data (row, item);
}

static void
refresh (WattleView *view)
{
  WattlePatientsView *self = WATTLE_PATIENTS_VIEW (view);
  WattleStore *store = wattle_context_store (wattle_view_context (view));

  wattle_reviews_bar_follow (self->reviews, wattle_view_context (view));
  gtk_widget_set_visible (self->emergency, wattle_context_may (wattle_view_context (view), "access.emergency"));
  /* The model follows its store by itself; a new session brings a new store. */
  if (self->store == store)
    {
      show_page (self);
      return;
    }
  self->store = store;
  gtk_single_selection_set_model (self->selection, NULL);
  g_clear_object (&self->model);
  self->model = wattle_list_model_new (store);
  g_signal_connect_object (self->model, "notify::loading", G_CALLBACK (show_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (show_page), self, G_CONNECT_SWAPPED);
  typed_cb (self);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));
}

static void
saved_cb (WattleRecord *record, gpointer data)
{
  g_autoptr (WattleContext) context = data;

  wattle_context_open (context, WATTLE_RECORD_PATIENT, wattle_record_id (record));
}

static gboolean
create (WattleView *view)
{
  WattleContext *context = wattle_view_context (view);
  g_autoptr (WattleRecord) patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autofree char *id = wattle_id_new ();
  const WattleActor *actor = wattle_context_actor (context);

  if (!wattle_context_may (context, "write:contact"))
    return FALSE;
  wattle_record_set_id (patient, id);
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  if (actor->practitioner != NULL)
    wattle_record_set_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, actor->practitioner);
  wattle_record_dialog_open_new (GTK_WIDGET (view), context, patient, saved_cb, g_object_ref (context));
  return TRUE;
}

static void
header (WattleView *view, WattleViewHeader *header)
{
  header->start = WATTLE_PATIENTS_VIEW (view)->header_start;
}

static gboolean
focus_search (WattleView *view)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WATTLE_PATIENTS_VIEW (view)->search));
}

static void
wattle_patients_view_dispose (GObject *object)
{
  WattlePatientsView *self = WATTLE_PATIENTS_VIEW (object);

  g_clear_object (&self->model);
  G_OBJECT_CLASS (wattle_patients_view_parent_class)->dispose (object);
}

static void
wattle_patients_view_class_init (WattlePatientsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_patients_view_dispose;
  view_class->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT);
  view_class->refresh = refresh;
  view_class->create = create;
  view_class->header = header;
  view_class->focus_search = focus_search;
  g_type_ensure (WATTLE_TYPE_REVIEWS_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/patients-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePatientsView, header_start);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientsView, search);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientsView, stack);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientsView, list);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientsView, selection);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientsView, emergency);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientsView, reviews);
  gtk_widget_class_bind_template_callback (widget_class, emergency_cb);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, first_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
wattle_patients_view_init (WattlePatientsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
