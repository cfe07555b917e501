/* call-names.c: what people in a room are called by their role
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-names.h"

#include <glib/gi18n-lib.h>

/**
 * wattle_call_role_label:
 * @role: (nullable): a role in a room, as the server says it
 *
 * Returns: the translated word
 */
const char *
wattle_call_role_label (const char *role)
{
  static const struct
  {
    const char *role;
    const char *label;
  } labels[] = {
    { "patient", N_("Patient") },   { "guardian", N_("Guardian") },   { "interpreter", N_("Interpreter") },
    { "observer", N_("Observer") }, { "clinician", N_("Clinician") }, { "reception", N_("Reception") },
    { "manager", N_("Manager") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_strcmp0 (labels[i].role, role) == 0)
      return _(labels[i].label);
  return _("Guest");
}
