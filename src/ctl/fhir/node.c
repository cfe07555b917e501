/* node.c: reading FHIR: elements that may repeat, and the few data types
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/fhir/node.h"

#include <string.h>

#include "base/civil.h"

/**
 * fhir_each:
 * @node: a resource or element
 * @name: a child element
 *
 * Returns: a walk over its values, none when it is absent
 */
FhirEach
fhir_each (WattleJsonNode node, const char *name)
{
  WattleJsonNode value = wattle_json_member (node, name);
  FhirEach each = { .is_array = wattle_json_kind (value) == WATTLE_JSON_ARRAY };

  if (each.is_array)
    each.iter = wattle_json_iter (value);
  else
    each.single = value;
  return each;
}

gboolean
fhir_next (FhirEach *self, WattleJsonNode *value)
{
  if (self->is_array)
    return wattle_json_next (&self->iter, NULL, value);
  *value = self->single;
  self->single = (WattleJsonNode){ 0 };
  return wattle_json_exists (*value);
}

/* The first value of an element. */
WattleJsonNode
fhir_one (WattleJsonNode node, const char *name)
{
  FhirEach each = fhir_each (node, name);
  WattleJsonNode value = { 0 };

  return fhir_next (&each, &value) ? value : (WattleJsonNode){ 0 };
}

/* The first value of the first value…: "code.coding.display". */
WattleJsonNode
fhir_path (WattleJsonNode node, const char *path)
{
  char name[64];

  while (TRUE)
    {
      gsize length = strcspn (path, ".");

      g_strlcpy (name, path, MIN (sizeof name, length + 1));
      node = fhir_one (node, name);
      if (path[length] == '\0')
        return node;
      path += length + 1;
    }
}

/* The text at a path, or NULL; blank is none. */
const char *
fhir_text (WattleJsonNode node, const char *path)
{
  const char *text = wattle_json_string (fhir_path (node, path));

  return text != NULL && text[strspn (text, " \t\r\n")] != '\0' ? text : NULL;
}

gboolean
fhir_boolean (WattleJsonNode node, const char *name, gboolean *value)
{
  WattleJsonNode found = fhir_one (node, name);
  const char *text = wattle_json_string (found);

  if (text == NULL)
    return wattle_json_boolean (found, value);
  *value = strcmp (text, "true") == 0;
  return *value || strcmp (text, "false") == 0;
}

gboolean
fhir_integer (WattleJsonNode node, const char *name, gint64 *value)
{
  WattleJsonNode found = fhir_one (node, name);
  const char *text = wattle_json_string (found);

  return text != NULL ? g_ascii_string_to_signed (text, 10, G_MININT32, G_MAXINT32, value, NULL)
                      : wattle_json_integer (found, value);
}

/* The extension with that address. */
WattleJsonNode
fhir_extension (WattleJsonNode node, const char *url)
{
  FhirEach each = fhir_each (node, "extension");
  WattleJsonNode extension;

  while (fhir_next (&each, &extension))
    if (g_strcmp0 (fhir_text (extension, "url"), url) == 0)
      return extension;
  return (WattleJsonNode){ 0 };
}

/* Whether a CodeableConcept has a coding with that code. */
gboolean
fhir_has_code (WattleJsonNode concept, const char *code)
{
  FhirEach each = fhir_each (concept, "coding");
  WattleJsonNode coding;

  while (fhir_next (&each, &coding))
    if (g_strcmp0 (fhir_text (coding, "code"), code) == 0)
      return TRUE;
  return FALSE;
}

/* What a CodeableConcept says in words, or NULL. */
const char *
fhir_concept_text (WattleJsonNode concept)
{
  const char *text = fhir_text (concept, "text");
  FhirEach each = fhir_each (concept, "coding");
  WattleJsonNode coding;

  while (text == NULL && fhir_next (&each, &coding))
    text = fhir_text (coding, "display");
  return text;
}

/* System and code of the first coding, or NULL. */
char *
fhir_concept_code (WattleJsonNode concept)
{
  const char *code = fhir_text (concept, "coding.code");
  const char *system = fhir_text (concept, "coding.system");

  return code == NULL ? NULL : system == NULL ? g_strdup (code) : g_strconcat (system, "|", code, NULL);
}

static gboolean
all_digits (const char *text, gsize length)
{
  return strspn (text, "0123456789") >= length;
}

/**
 * fhir_date:
 * @text: (nullable): a FHIR date or dateTime
 * @date: (out): the day, as the source's own clock had it
 *
 * Returns: what was there; @date is set for %FHIR_DATE_DAY alone
 */
FhirDate
fhir_date (const char *text, gint64 *date)
{
  g_autofree char *day = NULL;
  gsize length;

  if (text == NULL)
    return FHIR_DATE_NONE;
  length = strlen (text);
  if (length < 4 || !all_digits (text, 4))
    return FHIR_DATE_BAD;
  if (length == 4 || (length == 7 && text[4] == '-' && all_digits (text + 5, 2)))
    return FHIR_DATE_PARTIAL;
  if (length > 10 && text[10] != 'T')
    return FHIR_DATE_BAD;
  day = g_strndup (text, 10);
  return wattle_date_parse (day, date, NULL) ? FHIR_DATE_DAY : FHIR_DATE_BAD;
}
