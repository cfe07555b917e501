/* start-page.c: what stands in the window while nobody is signed in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/start-page.h"

#include <glib/gi18n-lib.h>

#include "app/start/sign-in-page.h"

struct _WattleStartPage
{
  AdwBin parent;
  WattleContext *context;
  WattleSignInPage *sign_in;
  char *person_before;
  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (WattleStartPage, wattle_start_page, ADW_TYPE_BIN)

/* Each server has its own folder, so that two practices never share a file. */
static char *
folder_of (const char *url)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, url, -1);

  sum[16] = '\0';
  return g_build_filename (g_get_user_data_dir (), "wattle", sum, NULL);
}

static void
use_server (WattleStartPage *self, const char *url, const char *folder)
{
  g_autoptr (WattleClient) client = wattle_client_new (url, folder);

  wattle_context_set_client (self->context, client);
  gtk_stack_set_visible_child_name (self->stack, "sign-in");
}

static void
begin (WattleStartPage *self)
{
  GSettings *settings = wattle_context_settings (self->context);
  g_autofree char *url = g_settings_get_string (settings, "server-url");
  g_autofree char *folder = folder_of (url);

  use_server (self, url, folder);
}

static void
wattle_start_page_dispose (GObject *object)
{
  WattleStartPage *self = WATTLE_START_PAGE (object);

  g_clear_object (&self->context);
  g_clear_pointer (&self->person_before, g_free);
  G_OBJECT_CLASS (wattle_start_page_parent_class)->dispose (object);
}

static void
wattle_start_page_class_init (WattleStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_start_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/start/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleStartPage, stack);
}

static void
wattle_start_page_init (WattleStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_start_page_new:
 * @context: the context
 *
 * Returns: (transfer full): the page
 */
WattleStartPage *
wattle_start_page_new (WattleContext *context)
{
  WattleStartPage *self = g_object_ref_sink (g_object_new (WATTLE_TYPE_START_PAGE, NULL));

  self->context = g_object_ref (context);
  self->sign_in = wattle_sign_in_page_new (context);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->sign_in), "sign-in");
  begin (self);
  return self;
}

/**
 * wattle_start_page_is_same_person:
 * @self: the page
 *
 * Returns: whether who comes in now is who left, so that windows may come back
 */
gboolean
wattle_start_page_is_same_person (WattleStartPage *self)
{
  WattleRecord *user = wattle_context_user (self->context);
  const char *id = user != NULL ? wattle_record_id (user) : NULL;
  gboolean same = g_strcmp0 (id, self->person_before) == 0;

  g_free (self->person_before);
  self->person_before = g_strdup (id);
  return same;
}

/**
 * wattle_start_page_stop:
 * @self: the page
 *
 * Ends the server on this computer, if it was started here.
 */
void
wattle_start_page_stop (WattleStartPage *self)
{
}
