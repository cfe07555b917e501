/* bench-window.c: from the start of a process to the first frame: an empty window, or ours with today's figures
 *
 * Usage: bench-window empty START
 * bench-window today START URL LOGIN PASSWORD FOLDER: START is CLOCK_MONOTONIC in seconds before the process began.
 * Prints milliseconds to the first frame (for today: the first that shows figures, without the time in which the
 * password opens the cache) and milliseconds of that opening; "settled" when it has nothing more to do; then waits
 * for the end of its input.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <adwaita.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/window.h"
#include "sync/client-setup.h"

typedef struct
{
  char **argv;
  double start;   /* milliseconds on the clock */
  double opening; /* milliseconds that the password took */
  GtkWindow *window;
  WattleContext *context;
  WattleClient *client;
  gboolean printed;
} Run;

static double
now (void)
{
  return g_get_monotonic_time () / 1e3;
}

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "bench-window: %s\n", error->message);
  exit (1);
}

static GtkWidget *
find (GtkWidget *widget, const char *id)
{
  const char *name = GTK_IS_BUILDABLE (widget) ? gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)) : NULL;

  if (g_strcmp0 (name, id) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
has_figures (Run *self)
{
  GtkWidget *visits = find (GTK_WIDGET (self->window), "visits");

  return visits != NULL && GTK_IS_LIST_BOX (visits) && gtk_list_box_get_row_at_index (GTK_LIST_BOX (visits), 0) != NULL;
}

static gboolean
settled_cb (gpointer data)
{
  Run *self = data;
  gboolean online, syncing;

  g_object_get (self->client, "online", &online, "syncing", &syncing, NULL);
  if (!online || syncing)
    return G_SOURCE_CONTINUE;
  printf ("settled\n");
  fflush (stdout);
  return G_SOURCE_REMOVE;
}

static void
painted_cb (GdkFrameClock *clock, Run *self)
{
  if (self->printed || (self->client != NULL && !has_figures (self)))
    return;
  self->printed = TRUE;
  printf ("%.2f %.2f\n", now () - self->start - self->opening, self->opening);
  fflush (stdout);
  if (self->client != NULL)
    g_timeout_add_full (G_PRIORITY_LOW, 500, settled_cb, self, NULL);
}

static void
input_cb (GObject *stream, GAsyncResult *result, gpointer application)
{
  g_application_quit (application);
}

static void
keep_result (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
open_client (Run *self)
{
  g_autoptr (WattleTransport) transport = wattle_transport_soup_new (self->argv[3]);
  g_autoptr (WattleKeyring) keyring = wattle_keyring_memory_new ();
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  double start = now ();

  wattle_keyring_memory_set_status (WATTLE_KEYRING_MEMORY (keyring), WATTLE_KEYRING_ABSENT);
  self->client = wattle_client_new_with (self->argv[3], self->argv[6], keyring, transport);
  wattle_client_set_vault_mode (self->client, WATTLE_VAULT_WITH_PASSPHRASE);
  wattle_client_sign_in_async (self->client, self->argv[4], self->argv[5], NULL, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  wattle_client_sign_in_finish (self->client, result, &error);
  check (error);
  self->opening = now () - start;
}

static void
activate_cb (AdwApplication *application, Run *self)
{
  if (strcmp (self->argv[1], "today") == 0)
    {
      open_client (self);
      self->context = wattle_context_new (g_settings_new ("au.wattle.Wattle"));
      wattle_context_set_client (self->context, self->client);
      self->window = GTK_WINDOW (wattle_window_new (GTK_APPLICATION (application), self->context));
    }
  else
    {
      self->window = GTK_WINDOW (adw_application_window_new (GTK_APPLICATION (application)));
      gtk_window_set_default_size (self->window, 1100, 760);
    }
  gtk_widget_realize (GTK_WIDGET (self->window));
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), "after-paint", G_CALLBACK (painted_cb),
                    self);
  gtk_window_present (self->window);
}

int
main (int argc, char **argv)
{
  Run run = { .argv = argv };
  g_autoptr (AdwApplication) application = NULL;
  g_autoptr (GInputStream) input = g_unix_input_stream_new (0, FALSE);
  char byte;

  if (argc < 3)
    return 2;
  run.start = g_ascii_strtod (argv[2], NULL) * 1e3;
  application = adw_application_new ("au.wattle.Bench", G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), &run);
  g_input_stream_read_async (input, &byte, 1, G_PRIORITY_LOW, NULL, input_cb, application);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
