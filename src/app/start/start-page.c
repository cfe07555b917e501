/* start-page.c: what stands in the window while nobody is signed in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/start-page.h"

#include <glib/gi18n-lib.h>

#include "app/start/local-server.h"
#include "app/start/sign-in-page.h"
#include "app/start/welcome-page.h"

struct _WattleStartPage
{
  AdwBin parent;
  WattleContext *context;
  WattleLocalServer *server;
  WattleWelcomePage *welcome;
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
use_remote (WattleStartPage *self, const char *url)
{
  g_autofree char *folder = folder_of (url);

  use_server (self, url, folder);
}

/* The practice on this computer keeps its folder whatever port its server gets. */
static void
use_local (WattleStartPage *self, const char *url)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "wattle", "local", NULL);

  g_settings_set_int (wattle_context_settings (self->context), "local-port", wattle_local_server_port (self->server));
  use_server (self, url, folder);
}

static void
server_cb (WattleWelcomePage *page, const char *url, WattleStartPage *self)
{
  GSettings *settings = wattle_context_settings (self->context);

  g_settings_set_boolean (settings, "local-practice", FALSE);
  g_settings_set_string (settings, "server-url", url);
  use_remote (self, url);
}

static void
practice_cb (WattleWelcomePage *page, const char *url, const char *login, const char *password, WattleStartPage *self)
{
  g_settings_set_boolean (wattle_context_settings (self->context), "local-practice", TRUE);
  use_local (self, url);
  wattle_sign_in_page_fill (self->sign_in, login, password);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleStartPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = wattle_local_server_start_finish (WATTLE_LOCAL_SERVER (source), result, &error);
  GSettings *settings = wattle_context_settings (self->context);

  if (url == NULL && g_settings_get_int (settings, "local-port") != 0)
    {
      /* Another program has that port now. */
      g_settings_set_int (settings, "local-port", 0);
      wattle_local_server_start_async (self->server, 0, NULL, started_cb, g_object_ref (self));
      return;
    }
  wattle_sign_in_page_set_status (self->sign_in, error != NULL ? error->message : NULL, FALSE);
  if (url != NULL)
    use_local (self, url);
}

static void
ended_cb (WattleLocalServer *server, const char *reason, WattleStartPage *self)
{
  int port = wattle_local_server_port (server);

  if (port != 0 && wattle_context_client (self->context) != NULL)
    wattle_local_server_start_async (server, port, NULL, started_cb, g_object_ref (self));
}

static void
other_server_cb (WattleSignInPage *page, WattleStartPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, "welcome");
}

static void
begin (WattleStartPage *self)
{
  GSettings *settings = wattle_context_settings (self->context);
  g_autofree char *url = g_settings_get_string (settings, "server-url");

  if (g_settings_get_boolean (settings, "local-practice"))
    {
      gtk_stack_set_visible_child_name (self->stack, "sign-in");
      wattle_sign_in_page_set_status (self->sign_in, _("Starting the practice on this computer…"), TRUE);
      wattle_local_server_start_async (self->server, g_settings_get_int (settings, "local-port"), NULL, started_cb,
                                       g_object_ref (self));
    }
  else if (*url != '\0')
    use_remote (self, url);
  else
    gtk_stack_set_visible_child_name (self->stack, "welcome");
}

static void
wattle_start_page_dispose (GObject *object)
{
  WattleStartPage *self = WATTLE_START_PAGE (object);

  g_clear_object (&self->server);
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

  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "wattle", "practice", NULL);

  self->context = g_object_ref (context);
  self->server = wattle_local_server_new (folder);
  self->welcome = wattle_welcome_page_new (self->server);
  self->sign_in = wattle_sign_in_page_new (context);
  g_signal_connect_object (self->server, "ended", G_CALLBACK (ended_cb), self, 0);
  g_signal_connect_object (self->welcome, "server", G_CALLBACK (server_cb), self, 0);
  g_signal_connect_object (self->welcome, "practice", G_CALLBACK (practice_cb), self, 0);
  g_signal_connect_object (self->sign_in, "other-server", G_CALLBACK (other_server_cb), self, 0);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->welcome), "welcome");
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
  wattle_local_server_stop (self->server);
}
