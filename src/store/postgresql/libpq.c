/* libpq.c: loads PostgreSQL's own client library
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/postgresql/libpq.h"

#include <dlfcn.h>
#include <glib/gi18n-lib.h>

#include "base/error.h"

#define LIBRARY "libpq.so.5"

WattleLibpq wattle_libpq;

static const struct
{
  const char *name;
  gpointer *place;
} functions[] = {
#define FUNCTION(function) { #function, (gpointer *) &function },
  WATTLE_LIBPQ (FUNCTION)
#undef FUNCTION
};

static gboolean
load (void)
{
  gpointer library = dlopen (LIBRARY, RTLD_NOW | RTLD_LOCAL);

  for (gsize i = 0; library != NULL && i < G_N_ELEMENTS (functions); i++)
    {
      *functions[i].place = dlsym (library, functions[i].name);
      if (*functions[i].place == NULL)
        return FALSE;
    }
  return library != NULL;
}

/**
 * wattle_libpq_load:
 * @error: (out): %WATTLE_ERROR_UNSUPPORTED when this computer does not have it
 *
 * To be called before any other function of it; once is enough.
 */
gboolean
wattle_libpq_load (GError **error)
{
  static gsize state;

  if (g_once_init_enter (&state))
    g_once_init_leave (&state, load () ? 1 : 2);
  if (state == 1)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "database",
                          _("PostgreSQL's client library (%s, Debian's package libpq5) is not on this computer. Nothing"
                            " was changed; install it and start again."),
                          LIBRARY);
  return FALSE;
}
