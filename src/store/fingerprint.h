/* fingerprint.h: the short text by which two people compare the key of a device
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *wattle_key_fingerprint (const char *public_key);

G_END_DECLS
