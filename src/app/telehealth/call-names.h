/* call-names.h: what people in a room are called by their role
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *wattle_call_role_label (const char *role);

G_END_DECLS
