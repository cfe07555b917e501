/* error.c: the one error domain of Wattle, its codes and the field a bad input named
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"

#include <gio/gio.h>

typedef struct
{
  char *field;
} WattleErrorPrivate;

static void
wattle_error_private_init (WattleErrorPrivate *self)
{
}

static void
wattle_error_private_copy (const WattleErrorPrivate *from, WattleErrorPrivate *to)
{
  to->field = g_strdup (from->field);
}

static void
wattle_error_private_clear (WattleErrorPrivate *self)
{
  g_free (self->field);
}

G_DEFINE_EXTENDED_ERROR (WattleError, wattle_error)

static const char *const nicks[WATTLE_N_ERRORS] = {
  [WATTLE_ERROR_FAILED] = "failed",
  [WATTLE_ERROR_INVALID] = "invalid",
  [WATTLE_ERROR_NOT_FOUND] = "not_found",
  [WATTLE_ERROR_CONFLICT] = "conflict",
  [WATTLE_ERROR_FORBIDDEN] = "forbidden",
  [WATTLE_ERROR_UNAUTHENTICATED] = "unauthenticated",
  [WATTLE_ERROR_RATE_LIMITED] = "rate_limited",
  [WATTLE_ERROR_TOO_LARGE] = "too_large",
  [WATTLE_ERROR_UNSUPPORTED] = "unsupported",
  [WATTLE_ERROR_OFFLINE] = "offline",
  [WATTLE_ERROR_CORRUPT] = "corrupt",
  [WATTLE_ERROR_DISK_FULL] = "disk_full",
  [WATTLE_ERROR_LOCKED] = "locked",
  [WATTLE_ERROR_KEY_LOST] = "key_lost",
  [WATTLE_ERROR_BUSY] = "busy",
  [WATTLE_ERROR_CANCELLED] = "cancelled",
};

/**
 * wattle_error_get_field:
 * @error: any error
 *
 * Returns: (nullable) (transfer none): the JSON name of the field that @error
 * is about, or %NULL
 */
const char *
wattle_error_get_field (const GError *error)
{
  if (error == NULL || error->domain != WATTLE_ERROR)
    return NULL;
  return wattle_error_get_private (error)->field;
}

/**
 * wattle_error_code_nick:
 * @code: a code
 *
 * Returns: the word for @code on the wire, such as "not_found"
 */
const char *
wattle_error_code_nick (WattleErrorCode code)
{
  g_return_val_if_fail (code < WATTLE_N_ERRORS, "failed");
  return nicks[code];
}

/**
 * wattle_error_code_from_nick:
 * @nick: (nullable): a word from the wire
 *
 * Returns: its code; %WATTLE_ERROR_FAILED for a word this version does not know
 */
WattleErrorCode
wattle_error_code_from_nick (const char *nick)
{
  for (guint i = 0; i < WATTLE_N_ERRORS; i++)
    if (g_strcmp0 (nicks[i], nick) == 0)
      return i;
  return WATTLE_ERROR_FAILED;
}

/**
 * wattle_error_get_code:
 * @error: any error
 *
 * Returns: the code that best says what @error is, also for errors of GIO, so
 * that a caller decides in one place
 */
WattleErrorCode
wattle_error_get_code (const GError *error)
{
  if (error == NULL)
    return WATTLE_ERROR_FAILED;
  if (error->domain == WATTLE_ERROR)
    return error->code;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return WATTLE_ERROR_CANCELLED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE)
      || g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    return WATTLE_ERROR_DISK_FULL;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      || g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return WATTLE_ERROR_NOT_FOUND;
  return WATTLE_ERROR_FAILED;
}

/**
 * wattle_set_field_error:
 * @error: (out) (optional): where to put the error
 * @code: what kind of failure
 * @field: (nullable): the JSON name of the field at fault
 * @format: a sentence for a person: what happened, what was kept, what to do
 * @...: its arguments
 */
void
wattle_set_field_error (GError **error, WattleErrorCode code, const char *field, const char *format, ...)
{
  g_autoptr (GError) made = NULL;
  va_list args;

  if (error == NULL)
    return;
  va_start (args, format);
  made = g_error_new_valist (WATTLE_ERROR, code, format, args);
  va_end (args);
  wattle_error_get_private (made)->field = g_strdup (field);
  g_propagate_error (error, g_steal_pointer (&made));
}
