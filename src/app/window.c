/* window.c: the main window: places at the side, the place in the middle, what waits at the top
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/window.h"

#include <glib/gi18n-lib.h>

#include "app/messages/message-courier.h"
#include "app/outbox/sync-button.h"
#include "app/palette/palette.h"
#include "app/place-row.h"
#include "app/places.h"
#include "app/widgets/feedback.h"
#include "domain/policy.h"

struct _WattleWindow
{
  AdwApplicationWindow parent;
  WattleContext *context;
  WattleClient *client;
  WattleMessageCourier *courier;
  guint roles_shown;
  AdwWindowTitle *title;
  GtkWindow *palette; /* (nullable), weak */
  char *user;         /* (nullable): id of whose views these are */
  GtkStack *root;
  AdwBin *start;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  GtkWidget *content;
  GtkListBox *places;
  GtkLabel *practice_title;
  AdwAvatar *avatar;
  GtkLabel *person_name;
  GtkLabel *person_role;
  GtkMenuButton *person_button;
  AdwBin *header_start;
  AdwBin *header_title;
  AdwBin *header_end;
  WattleSyncButton *sync;
  GtkWidget *read_only;
  GtkRevealer *first_sync;
  GtkLabel *progress_text;
  GtkProgressBar *progress;
  GtkStack *pages;
};

G_DEFINE_FINAL_TYPE (WattleWindow, wattle_window, ADW_TYPE_APPLICATION_WINDOW)

static WattleView *
current_view (WattleWindow *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (self->pages);

  return child != NULL ? WATTLE_VIEW (child) : NULL;
}

static WattlePlaceRow *
row_of (WattleWindow *self, const char *id)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->places, i)) != NULL; i++)
    if (g_strcmp0 (wattle_place_row_place (WATTLE_PLACE_ROW (row))->id, id) == 0)
      return WATTLE_PLACE_ROW (row);
  return NULL;
}

static WattleView *
view_of (WattleWindow *self, const WattlePlace *place)
{
  GtkWidget *view = gtk_stack_get_child_by_name (self->pages, place->id);

  if (view == NULL)
    {
      view = g_object_new (place->type (), "context", self->context, NULL);
      gtk_stack_add_named (self->pages, view, place->id);
    }
  return WATTLE_VIEW (view);
}

static void
show_header (WattleWindow *self, WattleView *view, const WattlePlace *place)
{
  WattleViewHeader header;

  wattle_view_header (view, &header);
  adw_window_title_set_title (self->title, _(place->title));
  adw_bin_set_child (self->header_start, header.start);
  adw_bin_set_child (self->header_title, header.title != NULL ? header.title : GTK_WIDGET (self->title));
  adw_bin_set_child (self->header_end, header.end);
}

static void
show_role_menu (WattleWindow *self, const WattleActor *actor)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) roles = g_menu_new ();
  g_autoptr (GMenu) leave = g_menu_new ();

  for (int role = 0; role < WATTLE_N_ROLE; role++)
    if ((actor->roles & WATTLE_ROLE_BIT (role)) != 0)
      {
        g_autofree char *action = g_strdup_printf ("win.role(%d)", role);

        g_menu_append (roles, _(wattle_enum_label (wattle_enum_find ("role"), role)), action);
      }
  if (g_menu_model_get_n_items (G_MENU_MODEL (roles)) > 1)
    g_menu_append_section (menu, _("Work as"), G_MENU_MODEL (roles));
  g_menu_append (leave, _("_Lock"), "win.lock");
  g_menu_append (leave, _("Sign in as _Someone Else"), "win.sign-out");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (leave));
  gtk_menu_button_set_menu_model (self->person_button, G_MENU_MODEL (menu));
}

static void
show_person (WattleWindow *self)
{
  const WattleActor *actor = wattle_context_actor (self->context);
  WattleRecord *user = wattle_context_user (self->context);
  WattleRecord *practice = wattle_context_practice (self->context);
  const char *name = user != NULL ? wattle_record_get_string (user, WATTLE_USER_DISPLAY_NAME) : NULL;
  const char *role;
  g_autofree char *label = NULL;

  if (actor == NULL)
    return;
  role = _(wattle_enum_label (wattle_enum_find ("role"), actor->role));
  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_label (self->person_name, name != NULL ? name : "");
  gtk_label_set_label (self->person_role, role);
  label = g_strdup_printf (_("Account: %s, %s"), name != NULL ? name : "", role);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->person_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_label_set_label (self->practice_title,
                       practice != NULL ? wattle_record_get_string (practice, WATTLE_PRACTICE_NAME) : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->practice_title), gtk_label_get_label (self->practice_title));
  show_role_menu (self, actor);
}

static void
show_unread (WattleWindow *self)
{
  WattlePlaceRow *row = row_of (self, "messages");
  guint unread = 0;

  g_object_get (self->courier, "unread", &unread, NULL);
  if (row != NULL)
    wattle_place_row_set_count (row, unread);
}

/* What one person looked at, searched for or marked as read is not there for the next one at this computer. */
static void
leave_to (WattleWindow *self, const char *user)
{
  GtkWidget *view;

  if (g_strcmp0 (self->user, user) == 0)
    return;
  g_free (self->user);
  self->user = g_strdup (user);
  self->roles_shown = 0;
  while ((view = gtk_widget_get_first_child (GTK_WIDGET (self->pages))) != NULL)
    gtk_stack_remove (self->pages, view);
}

static void
show_places (WattleWindow *self)
{
  const WattleActor *actor = wattle_context_actor (self->context);
  g_autofree char *last = g_settings_get_string (wattle_context_settings (self->context), "last-place");
  GtkWidget *row;
  guint n;
  const WattlePlace *places = wattle_places (&n);

  if (actor == NULL)
    return;
  leave_to (self, actor->user);
  if (self->roles_shown == WATTLE_ROLE_BIT (actor->role))
    return;
  self->roles_shown = WATTLE_ROLE_BIT (actor->role);
  while ((row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->places, 0))) != NULL)
    gtk_list_box_remove (self->places, row);
  for (guint i = 0; i < n; i++)
    if ((places[i].roles & self->roles_shown) != 0)
      gtk_list_box_append (self->places, wattle_place_row_new (&places[i]));
  show_unread (self);
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->places, 0));
  if (!wattle_window_show_place (self, last))
    wattle_window_show_place (self, wattle_place_row_place (WATTLE_PLACE_ROW (row))->id);
}

static void
changed_cb (WattleContext *context, guint64 types, WattleWindow *self)
{
  if ((types & (WATTLE_TYPE_BIT (WATTLE_RECORD_USER) | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTICE))) != 0)
    show_person (self);
}

static void
open_palette (WattleWindow *self)
{
  if (self->palette != NULL)
    gtk_window_present (self->palette);
  else
    g_set_weak_pointer (&self->palette, wattle_palette_open (GTK_WINDOW (self), self->context));
}

static void
close_palette (WattleWindow *self)
{
  GtkWindow *palette = self->palette;

  g_clear_weak_pointer (&self->palette);
  if (palette != NULL)
    gtk_window_destroy (palette);
}

static void
ready_cb (WattleContext *context, GParamSpec *pspec, WattleWindow *self)
{
  gboolean ready = wattle_context_is_ready (context);

  if (ready)
    {
      show_person (self);
      show_places (self);
      gtk_stack_set_visible_child_name (self->root, "main");
    }
  else
    {
      close_palette (self);
      wattle_toast_dismiss (GTK_WIDGET (self->leaflet));
      gtk_stack_set_visible_child_name (self->root, "start");
    }
}

static void
role_cb (WattleClient *client, GParamSpec *pspec, WattleWindow *self)
{
  show_person (self);
  show_places (self);
}

static void
progress_cb (WattleClient *client, GParamSpec *pspec, WattleWindow *self)
{
  double progress = -1;
  g_autofree char *text = NULL;

  g_object_get (client, "progress", &progress, "progress-text", &text, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->first_sync), progress >= 0);
  gtk_revealer_set_reveal_child (self->first_sync, progress >= 0);
  if (progress < 0)
    return;
  gtk_label_set_label (self->progress_text, text != NULL && *text != '\0'
                                              ? text
                                              : _("Fetching your practice. You can work while this goes on."));
  gtk_progress_bar_set_fraction (self->progress, CLAMP (progress, 0, 1));
}

static void
complaint_cb (WattleClient *client, const char *sentence, WattleWindow *self)
{
  wattle_toast (GTK_WIDGET (self->leaflet), sentence);
}

static void
state_cb (WattleClient *client, GParamSpec *pspec, WattleWindow *self)
{
  gtk_widget_set_visible (self->read_only, wattle_client_state (client) == WATTLE_CLIENT_READ_ONLY);
}

static void
client_cb (WattleContext *context, GParamSpec *pspec, WattleWindow *self)
{
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, wattle_context_client (context));
  if (self->client == NULL)
    return;
  g_signal_connect (self->client, "notify::progress", G_CALLBACK (progress_cb), self);
  g_signal_connect (self->client, "notify::progress-text", G_CALLBACK (progress_cb), self);
  g_signal_connect (self->client, "notify::role", G_CALLBACK (role_cb), self);
  g_signal_connect (self->client, "complaint", G_CALLBACK (complaint_cb), self);
  g_signal_connect (self->client, "notify::state", G_CALLBACK (state_cb), self);
  progress_cb (self->client, NULL, self);
  state_cb (self->client, NULL, self);
}

static void
open_record_cb (WattleContext *context, guint type, const char *id, WattleWindow *self)
{
  guint n;
  const WattlePlace *places = wattle_places (&n);

  if (type == WATTLE_RECORD_PATIENT && wattle_context_actor (context)->role != WATTLE_ROLE_PATIENT)
    return;
  for (guint i = 0; i < n; i++)
    {
      WattleViewClass *klass;

      if (row_of (self, places[i].id) == NULL)
        continue;
      klass = g_type_class_ref (places[i].type ());
      if (klass->reveal != NULL && (klass->reads & WATTLE_TYPE_BIT (type)) != 0
          && wattle_view_reveal (view_of (self, &places[i]), type, id))
        {
          wattle_window_show_place (self, places[i].id);
          gtk_window_present (GTK_WINDOW (self));
          g_type_class_unref (klass);
          return;
        }
      g_type_class_unref (klass);
    }
}

static void
open_place_cb (WattleContext *context, const char *id, WattleWindow *self)
{
  wattle_window_show_place (self, id);
  gtk_window_present (GTK_WINDOW (self));
}

static void
place_activated_cb (WattleWindow *self, GtkListBoxRow *row)
{
  wattle_window_show_place (self, wattle_place_row_place (WATTLE_PLACE_ROW (row))->id);
}

static void
back_cb (WattleWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
folded_cb (WattleWindow *self)
{
  gtk_list_box_set_selection_mode (self->places, adw_leaflet_get_folded (self->leaflet) ? GTK_SELECTION_NONE
                                                                                        : GTK_SELECTION_SINGLE);
  if (!adw_leaflet_get_folded (self->leaflet) && gtk_stack_get_visible_child_name (self->pages) != NULL)
    gtk_list_box_select_row (self->places,
                             GTK_LIST_BOX_ROW (row_of (self, gtk_stack_get_visible_child_name (self->pages))));
}

static void
palette_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleWindow *self = WATTLE_WINDOW (widget);

  if (wattle_context_is_ready (self->context))
    open_palette (self);
}

/* Made anew each time, as the palette is: a list kept by the application as its help overlay would never be shown. */
static void
shortcuts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/au/wattle/Wattle/shortcuts.ui");
  GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (shortcuts, GTK_WINDOW (widget));
  gtk_window_present (shortcuts);
}

static void
lock_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_context_lock (WATTLE_WINDOW (widget)->context);
}

static void
sync_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (wattle_context_is_ready (WATTLE_WINDOW (widget)->context))
    wattle_client_sync_now (WATTLE_WINDOW (widget)->client);
}

static void
new_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleWindow *self = WATTLE_WINDOW (widget);
  WattleView *view = current_view (self);

  if (view != NULL && wattle_context_is_ready (self->context))
    wattle_view_create (view);
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleWindow *self = WATTLE_WINDOW (widget);
  WattleView *view = current_view (self);

  if (wattle_context_is_ready (self->context) && (view == NULL || !wattle_view_focus_search (view)))
    open_palette (self);
}

static void
place_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleWindow *self = WATTLE_WINDOW (widget);
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->places, g_variant_get_int32 (parameter) - 1);

  if (row != NULL && wattle_context_is_ready (self->context))
    place_activated_cb (self, row);
}

static void
role_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!wattle_client_set_role_finish (WATTLE_CLIENT (source), result, &error))
    wattle_show_error (GTK_WIDGET (self), error);
  role_cb (NULL, NULL, self);
}

static void
role_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleWindow *self = WATTLE_WINDOW (widget);

  if (wattle_context_is_ready (self->context))
    wattle_client_set_role_async (self->client, g_variant_get_int32 (parameter), NULL, role_done_cb,
                                  g_object_ref (self));
}

static void
signed_out_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!wattle_client_sign_out_finish (WATTLE_CLIENT (source), result, &error))
    wattle_show_error (GTK_WIDGET (self), error);
}

static void
sign_out_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleWindow *self = WATTLE_WINDOW (widget);

  if (self->client != NULL)
    wattle_client_sign_out_async (self->client, FALSE, NULL, signed_out_cb, g_object_ref (self));
}

static void
wattle_window_dispose (GObject *object)
{
  WattleWindow *self = WATTLE_WINDOW (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_object (&self->courier);
  g_clear_object (&self->title);
  close_palette (self);
  g_clear_object (&self->context);
  g_clear_pointer (&self->user, g_free);
  G_OBJECT_CLASS (wattle_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/window.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, root);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, start);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, content);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, places);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, practice_title);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, avatar);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, person_name);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, person_role);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, person_button);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, header_start);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, header_title);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, header_end);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, sync);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, read_only);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, first_sync);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, progress_text);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, pages);
  gtk_widget_class_bind_template_callback (widget_class, place_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
}

static void
wattle_window_class_init (WattleWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_window_dispose;
  g_type_ensure (WATTLE_TYPE_SYNC_BUTTON);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "win.palette", NULL, palette_action);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, shortcuts_action);
  gtk_widget_class_install_action (widget_class, "win.lock", NULL, lock_action);
  gtk_widget_class_install_action (widget_class, "win.sync", NULL, sync_action);
  gtk_widget_class_install_action (widget_class, "win.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "win.find", NULL, find_action);
  gtk_widget_class_install_action (widget_class, "win.place", "i", place_action);
  gtk_widget_class_install_action (widget_class, "win.role", "i", role_action);
  gtk_widget_class_install_action (widget_class, "win.sign-out", NULL, sign_out_action);
}

static void
wattle_window_init (WattleWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->title = g_object_ref_sink (ADW_WINDOW_TITLE (adw_window_title_new (NULL, NULL)));
}

/**
 * wattle_window_new:
 * @application: the application
 * @context: what every view is given
 *
 * Returns: (transfer none): the window, owned by the toolkit
 */
WattleWindow *
wattle_window_new (GtkApplication *application, WattleContext *context)
{
  WattleWindow *self = g_object_new (WATTLE_TYPE_WINDOW, "application", application, NULL);
  GSettings *settings = wattle_context_settings (context);

  self->context = g_object_ref (context);
  self->courier = wattle_message_courier_new (context);
  g_signal_connect_object (self->courier, "notify::unread", G_CALLBACK (show_unread), self, G_CONNECT_SWAPPED);
  wattle_sync_button_set_context (self->sync, context);
  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (context, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, 0);
  g_signal_connect_object (context, "notify::client", G_CALLBACK (client_cb), self, 0);
  g_signal_connect_object (context, "open-record", G_CALLBACK (open_record_cb), self, 0);
  g_signal_connect_object (context, "open-place", G_CALLBACK (open_place_cb), self, 0);
  client_cb (context, NULL, self);
  ready_cb (context, NULL, self);
  return self;
}

/**
 * wattle_window_set_start:
 * @self: the window
 * @page: what stands there while nobody is signed in
 */
void
wattle_window_set_start (WattleWindow *self, GtkWidget *page)
{
  adw_bin_set_child (self->start, page);
}

/**
 * wattle_window_show_place:
 * @self: the window
 * @id: a row of the table of places
 *
 * Returns: whether the role in use has that place
 */
gboolean
wattle_window_show_place (WattleWindow *self, const char *id)
{
  WattlePlaceRow *row = row_of (self, id);
  WattleView *view;

  if (row == NULL)
    return FALSE;
  view = view_of (self, wattle_place_row_place (row));
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (view));
  wattle_view_begin (view);
  show_header (self, view, wattle_place_row_place (row));
  if (!adw_leaflet_get_folded (self->leaflet))
    gtk_list_box_select_row (self->places, GTK_LIST_BOX_ROW (row));
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  /* The stack gives the focus back to where it was; who comes again means to search. */
  wattle_view_focus_search (view);
  g_settings_set_string (wattle_context_settings (self->context), "last-place", id);
  return TRUE;
}
