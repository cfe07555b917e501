/* xml.c: FHIR in XML, brought into the shape of FHIR in JSON
 *
 * XML does not say which elements repeat, so everything becomes an array and
 * every value a text; the readers of ctl/fhir/node.h take both shapes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/fhir/xml.h"

#include <glib/gi18n-lib.h>
#include <libxml/xmlreader.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

#define MAX_DEPTH 60
#define FHIR_NAMESPACE "http://hl7.org/fhir"

typedef struct
{
  xmlTextReaderPtr reader;
  WattleJsonWriter writer;
  char *open[MAX_DEPTH + 1]; /* the element whose array is open in each object */
  guint depth;
  GError *error;
} Converter;

static gboolean
fail (Converter *self, WattleErrorCode code, const char *sentence)
{
  if (self->error == NULL)
    wattle_set_field_error (&self->error, code, NULL, _("Line %d: %s"),
                            xmlTextReaderGetParserLineNumber (self->reader), sentence);
  return FALSE;
}

static void
note_error (void *data, const char *message, xmlParserSeverities severity, xmlTextReaderLocatorPtr locator)
{
  Converter *self = data;
  g_autofree char *line = g_strndup (message, strcspn (message, "\n"));
  g_autofree char *valid = g_utf8_make_valid (line, -1);

  fail (self, WATTLE_ERROR_INVALID, valid);
}

static void
close_array (Converter *self)
{
  if (self->open[self->depth] != NULL)
    wattle_json_end_array (&self->writer);
  g_clear_pointer (&self->open[self->depth], g_free);
}

static void
open_array (Converter *self, const char *name)
{
  if (g_strcmp0 (self->open[self->depth], name) == 0)
    return;
  close_array (self);
  wattle_json_name (&self->writer, name);
  wattle_json_begin_array (&self->writer);
  self->open[self->depth] = g_strdup (name);
}

static char *
attribute (Converter *self, const char *name)
{
  xmlChar *value = xmlTextReaderGetAttribute (self->reader, (const xmlChar *) name);
  char *copy = value != NULL ? g_strdup ((const char *) value) : NULL;

  xmlFree (value);
  return copy;
}

static gboolean
begin_object (Converter *self)
{
  g_autofree char *url = attribute (self, "url");

  if (self->depth == MAX_DEPTH)
    return fail (self, WATTLE_ERROR_TOO_LARGE, _("The elements nest too deep."));
  wattle_json_begin_object (&self->writer);
  if (url != NULL)
    wattle_json_pair_string (&self->writer, "url", url);
  self->depth++;
  return TRUE;
}

static void
end_object (Converter *self)
{
  close_array (self);
  self->depth--;
  wattle_json_end_object (&self->writer);
}

/* Types of resources start with a capital, elements do not. A resource within an
 * element such as entry.resource shares that element's object. */
static gboolean
is_resource (const char *name)
{
  return g_ascii_isupper (name[0]);
}

static gboolean
begin_element (Converter *self, gboolean *skip)
{
  const char *name = (const char *) xmlTextReaderConstLocalName (self->reader);
  const char *space = (const char *) xmlTextReaderConstNamespaceUri (self->reader);
  gboolean empty = xmlTextReaderIsEmptyElement (self->reader);
  g_autofree char *value = NULL;

  /* The narrative is XHTML for people; what it says stands in the elements too. */
  *skip = g_strcmp0 (space, FHIR_NAMESPACE) != 0;
  if (self->depth == 0 && (*skip || !is_resource (name)))
    return fail (self, WATTLE_ERROR_UNSUPPORTED, _("This is not a FHIR resource."));
  if (*skip)
    return TRUE;
  if (is_resource (name))
    {
      if (self->depth == 0 && !begin_object (self))
        return FALSE;
      close_array (self);
      wattle_json_pair_string (&self->writer, "resourceType", name);
      return TRUE;
    }
  open_array (self, name);
  value = attribute (self, "value");
  if (value != NULL)
    wattle_json_put_string (&self->writer, value);
  /* The extensions of a value say how exact it is, which nothing here asks. */
  *skip = value != NULL && !empty;
  if (value != NULL)
    return TRUE;
  if (!begin_object (self))
    return FALSE;
  if (empty)
    end_object (self);
  return TRUE;
}

static gboolean
convert (Converter *self)
{
  int more = xmlTextReaderRead (self->reader);

  while (more == 1 && self->error == NULL)
    {
      gboolean skip = FALSE;

      switch (xmlTextReaderNodeType (self->reader))
        {
        case XML_READER_TYPE_ELEMENT:
          if (!begin_element (self, &skip))
            return FALSE;
          break;
        case XML_READER_TYPE_END_ELEMENT:
          if (!is_resource ((const char *) xmlTextReaderConstLocalName (self->reader)))
            end_object (self);
          break;
        default:
          break;
        }
      more = skip ? xmlTextReaderNext (self->reader) : xmlTextReaderRead (self->reader);
    }
  if (more < 0)
    return fail (self, WATTLE_ERROR_INVALID, _("This is not well-formed XML."));
  if (self->depth != 1)
    return fail (self, WATTLE_ERROR_INVALID, _("There is nothing in it."));
  end_object (self);
  return self->error == NULL;
}

/**
 * wattle_fhir_xml_to_json:
 * @text: XML in UTF-8
 * @length: its bytes
 * @json_length: (out): bytes of the result
 * @error: what is wrong, with the line
 *
 * No entities, no document type and no other file or address is read.
 *
 * Returns: (transfer full) (nullable): the same resource as JSON
 */
char *
wattle_fhir_xml_to_json (const char *text, gsize length, gsize *json_length, GError **error)
{
  Converter self = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean ok;

  if (length > G_MAXINT || g_strstr_len (text, length, "<!DOCTYPE") != NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, NULL,
                              _("XML with a document type is not read: FHIR has none."));
      return NULL;
    }
  self.reader = xmlReaderForMemory (text, length, NULL, "UTF-8", XML_PARSE_NONET);
  if (self.reader == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, _("The XML reader cannot be started."));
      return NULL;
    }
  xmlTextReaderSetErrorHandler (self.reader, note_error, &self);
  self.writer = wattle_json_writer (out);
  ok = convert (&self);
  xmlFreeTextReader (self.reader);
  for (guint i = 0; i <= MAX_DEPTH; i++)
    g_free (self.open[i]);
  if (!ok)
    {
      g_propagate_error (error, self.error);
      return NULL;
    }
  *json_length = out->len;
  return g_string_free (g_steal_pointer (&out), FALSE);
}
