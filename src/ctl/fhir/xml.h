/* xml.h: FHIR in XML, brought into the shape of FHIR in JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *wattle_fhir_xml_to_json (const char  *text,
                               gsize        length,
                               gsize       *json_length,
                               GError     **error);

G_END_DECLS
