/* camera-portal.c: asking the desktop for the cameras
 *
 * org.freedesktop.portal.Camera: AccessCamera, which asks the person the first time, then OpenPipeWireRemote.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/camera-portal.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "app/telehealth/desktop-portal.h"
#include "base/error.h"

#define CAMERA "org.freedesktop.portal.Camera"

struct _WattleCameraPortal
{
  WattleCameraFunc func;
  gpointer data;
  GCancellable *cancellable; /* while it is asked */
};

static void
fail (WattleCameraPortal *self, const GError *error)
{
  g_clear_object (&self->cancellable);
  self->func (self->data, -1,
              g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_FORBIDDEN)
                ? _("Wattle may not use the camera, so the others hear you and do not see you. The settings of your "
                     "computer say who may.")
                : _("This desktop does not let Wattle use the camera. Go on with sound alone, or in a browser."));
}

static void
opened_cb (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = wattle_desktop_portal_open_finish (result, &error);
  WattleCameraPortal *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (fd < 0)
    {
      fail (self, error);
      return;
    }
  g_clear_object (&self->cancellable);
  self->func (self->data, fd, NULL);
  close (fd);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) results = wattle_desktop_portal_ask_finish (result, &error);
  WattleCameraPortal *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (results == NULL)
    fail (self, error);
  else
    wattle_desktop_portal_open_async (CAMERA, NULL, self->cancellable, opened_cb, self);
}

/**
 * wattle_camera_portal_new:
 * @func: told what came of it
 * @data: for @func
 *
 * Returns: (transfer full): a portal that was asked nothing yet
 */
WattleCameraPortal *
wattle_camera_portal_new (WattleCameraFunc func, gpointer data)
{
  WattleCameraPortal *self = g_new0 (WattleCameraPortal, 1);

  self->func = func;
  self->data = data;
  return self;
}

void
wattle_camera_portal_free (WattleCameraPortal *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/* Asks, unless it is being asked already. */
void
wattle_camera_portal_ask (WattleCameraPortal *self)
{
  GVariantBuilder options;

  if (self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  wattle_desktop_portal_ask_async (CAMERA, "AccessCamera", NULL, &options, self->cancellable, asked_cb, self);
}
