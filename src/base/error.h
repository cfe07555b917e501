/* error.h: the one error domain of Wattle, its codes and the field a bad input named
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_ERROR (wattle_error_quark ())

/**
 * WattleErrorCode:
 *
 * What went wrong, in the words that also go over the wire (see
 * wattle_error_code_nick()). A server maps each to one HTTP status.
 */
typedef enum
{
  WATTLE_ERROR_FAILED,          /* nothing more precise is known */
  WATTLE_ERROR_INVALID,         /* a field or argument holds a bad value; the field is named */
  WATTLE_ERROR_NOT_FOUND,       /* no such object, or not one this caller may know of */
  WATTLE_ERROR_CONFLICT,        /* the change met another one: overlap, stale revision */
  WATTLE_ERROR_FORBIDDEN,       /* known caller, not allowed */
  WATTLE_ERROR_UNAUTHENTICATED, /* no session, an expired one, or bad credentials */
  WATTLE_ERROR_RATE_LIMITED,    /* too many calls; try later */
  WATTLE_ERROR_TOO_LARGE,       /* over a size, depth or count limit */
  WATTLE_ERROR_UNSUPPORTED,     /* a version, type or method this side does not speak */
  WATTLE_ERROR_OFFLINE,         /* the server cannot be reached */
  WATTLE_ERROR_CORRUPT,         /* stored or received bytes are damaged or foreign */
  WATTLE_ERROR_DISK_FULL,       /* no space left to keep the change */
  WATTLE_ERROR_LOCKED,          /* a keyring, account or file is locked */
  WATTLE_ERROR_KEY_LOST,        /* the file is here and its key is not */
  WATTLE_ERROR_BUSY,            /* overloaded or held by another; try again */
  WATTLE_ERROR_CANCELLED,       /* the person or the program asked to stop */
  WATTLE_N_ERRORS
} WattleErrorCode;

GQuark          wattle_error_quark          (void);
const char     *wattle_error_get_field      (const GError    *error);
const char     *wattle_error_code_nick      (WattleErrorCode  code);
WattleErrorCode wattle_error_code_from_nick (const char      *nick);
WattleErrorCode wattle_error_get_code       (const GError    *error);

void            wattle_set_field_error      (GError         **error,
                                             WattleErrorCode  code,
                                             const char      *field,
                                             const char      *format,
                                             ...) G_GNUC_PRINTF (4, 5);

G_END_DECLS
