/* openapi.c: the OpenAPI 3.1 description, and a page of it, from the tables themselves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <string.h>

#include "domain/operation.h"

static void
pair_ref (WattleJsonWriter *writer, const char *name)
{
  g_autofree char *ref = g_strconcat ("#/components/schemas/", name, NULL);

  wattle_json_pair_string (writer, "$ref", ref);
}

static void
write_typed (WattleJsonWriter *writer, const char *type, const char *format)
{
  wattle_json_pair_string (writer, "type", type);
  if (format != NULL)
    wattle_json_pair_string (writer, "format", format);
}

static void
write_enum (WattleJsonWriter *writer, const WattleEnum *list)
{
  wattle_json_name (writer, "enum");
  wattle_json_begin_array (writer);
  for (guint i = 0; list != NULL && i < list->n_values; i++)
    wattle_json_put_string (writer, list->values[i].nick);
  wattle_json_end_array (writer);
}

static void
write_field_type (WattleJsonWriter *writer, const WattleField *field)
{
  switch (field->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      write_typed (writer, "boolean", NULL);
      return;
    case WATTLE_KIND_INTEGER:
    case WATTLE_KIND_MONEY:
      write_typed (writer, "integer", "int64");
      wattle_json_pair_integer (writer, "minimum", 0);
      if (field->kind == WATTLE_KIND_INTEGER && field->max > 0)
        wattle_json_pair_integer (writer, "maximum", field->max);
      return;
    case WATTLE_KIND_DATE:
      write_typed (writer, "string", "date");
      return;
    case WATTLE_KIND_INSTANT:
      write_typed (writer, "string", "date-time");
      return;
    case WATTLE_KIND_ENUM:
      write_typed (writer, "string", NULL);
      write_enum (writer, wattle_field_enum (field));
      return;
    case WATTLE_KIND_FLAGS:
      write_typed (writer, "array", NULL);
      wattle_json_name (writer, "items");
      wattle_json_begin_object (writer);
      write_typed (writer, "string", NULL);
      write_enum (writer, wattle_field_enum (field));
      wattle_json_end_object (writer);
      return;
    default:
      write_typed (writer, "string", NULL);
      if (field->max > 0)
        wattle_json_pair_integer (writer, "maxLength", field->max);
      return;
    }
}

static void
write_record_schema (WattleJsonWriter *writer, const WattleType *type)
{
  static const char *const scopes[] = { "practice", "patient", "user", "server" };

  wattle_json_name (writer, type->nick);
  wattle_json_begin_object (writer);
  write_typed (writer, "object", NULL);
  wattle_json_pair_string (writer, "description", type->doc);
  wattle_json_pair_string (writer, "x-read", wattle_policy_read_rule (type->access));
  wattle_json_pair_string (writer, "x-scope", scopes[type->scope]);
  wattle_json_name (writer, "properties");
  wattle_json_begin_object (writer);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const WattleField *field = &type->fields[i];

      wattle_json_name (writer, field->name);
      wattle_json_begin_object (writer);
      write_field_type (writer, field);
      wattle_json_pair_string (writer, "description", field->doc);
      if (field->flags & WATTLE_FIELD_SERVER)
        wattle_json_pair_boolean (writer, "readOnly", TRUE);
      wattle_json_end_object (writer);
    }
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
}

static void
write_argument (WattleJsonWriter *writer, const WattleArgument *argument)
{
  const WattleEnum *list = strcmp (argument->kind, "enum") == 0 ? wattle_enum_find (argument->ref) : NULL;

  wattle_json_name (writer, argument->name);
  wattle_json_begin_object (writer);
  if (strcmp (argument->kind, "record") == 0)
    argument->ref != NULL ? pair_ref (writer, argument->ref) : write_typed (writer, "object", NULL);
  else if (strcmp (argument->kind, "records") == 0)
    {
      write_typed (writer, "array", NULL);
      wattle_json_name (writer, "items");
      wattle_json_begin_object (writer);
      argument->ref != NULL ? pair_ref (writer, argument->ref) : write_typed (writer, "object", NULL);
      wattle_json_end_object (writer);
    }
  else if (strcmp (argument->kind, "flags") == 0)
    {
      write_typed (writer, "array", NULL);
      wattle_json_name (writer, "items");
      wattle_json_begin_object (writer);
      write_typed (writer, "string", NULL);
      write_enum (writer, wattle_enum_find (argument->ref));
      wattle_json_end_object (writer);
    }
  else if (strcmp (argument->kind, "changes") == 0)
    write_typed (writer, "object", NULL);
  else if (strcmp (argument->kind, "integer") == 0 || strcmp (argument->kind, "money") == 0)
    write_typed (writer, "integer", "int64");
  else if (strcmp (argument->kind, "boolean") == 0)
    write_typed (writer, "boolean", NULL);
  else
    write_typed (writer, "string",
                 strcmp (argument->kind, "instant") == 0 ? "date-time"
                 : strcmp (argument->kind, "date") == 0  ? "date"
                                                         : NULL);
  if (list != NULL)
    write_enum (writer, list);
  wattle_json_pair_string (writer, "description", argument->doc);
  wattle_json_end_object (writer);
}

static void
write_operation_schema (WattleJsonWriter *writer, const WattleOperation *operation)
{
  g_autofree char *name = g_strconcat ("operation.", operation->name, NULL);

  wattle_json_name (writer, name);
  wattle_json_begin_object (writer);
  write_typed (writer, "object", NULL);
  wattle_json_pair_string (writer, "description", operation->doc);
  wattle_json_name (writer, "required");
  wattle_json_begin_array (writer);
  for (const WattleArgument *argument = operation->args; argument->name != NULL; argument++)
    if (argument->required)
      wattle_json_put_string (writer, argument->name);
  wattle_json_end_array (writer);
  wattle_json_name (writer, "properties");
  wattle_json_begin_object (writer);
  for (const WattleArgument *argument = operation->args; argument->name != NULL; argument++)
    write_argument (writer, argument);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
}

static void
write_error_schema (WattleJsonWriter *writer)
{
  static const char *const members[] = { "code", "field", "message", "request" };

  wattle_json_name (writer, "error");
  wattle_json_begin_object (writer);
  write_typed (writer, "object", NULL);
  wattle_json_name (writer, "properties");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "error");
  wattle_json_begin_object (writer);
  write_typed (writer, "object", NULL);
  wattle_json_name (writer, "properties");
  wattle_json_begin_object (writer);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      wattle_json_name (writer, members[i]);
      wattle_json_begin_object (writer);
      write_typed (writer, "string", NULL);
      wattle_json_end_object (writer);
    }
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
}

static void
write_components (WattleJsonWriter *writer)
{
  guint n;
  const WattleOperation *operations = wattle_operations (&n);

  wattle_json_name (writer, "components");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "securitySchemes");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "bearer");
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "type", "http");
  wattle_json_pair_string (writer, "scheme", "bearer");
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_name (writer, "schemas");
  wattle_json_begin_object (writer);
  write_error_schema (writer);
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    write_record_schema (writer, wattle_type_get (t));
  for (guint i = 0; i < n; i++)
    write_operation_schema (writer, &operations[i]);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
}

static void
write_parameter (WattleJsonWriter *writer, const char *name, const char *where)
{
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "name", name);
  wattle_json_pair_string (writer, "in", where);
  wattle_json_pair_boolean (writer, "required", strcmp (where, "path") == 0);
  wattle_json_name (writer, "schema");
  wattle_json_begin_object (writer);
  write_typed (writer, "string", NULL);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
}

static void
write_parameters (WattleJsonWriter *writer, const WattleApiRoute *route)
{
  g_auto (GStrv) parts = g_strsplit (route->path, "/", -1);
  g_auto (GStrv) takes = g_strsplit (route->takes != NULL ? route->takes : "", " ", -1);

  wattle_json_name (writer, "parameters");
  wattle_json_begin_array (writer);
  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] == '{')
      {
        g_autofree char *name = g_strndup (parts[i] + 1, strlen (parts[i]) - 2);

        write_parameter (writer, name, "path");
      }
  for (guint i = 0; strcmp (route->method, "GET") == 0 && takes[i] != NULL; i++)
    if (*takes[i] != '\0')
      write_parameter (writer, takes[i], "query");
  wattle_json_end_array (writer);
}

static void
write_request_body (WattleJsonWriter *writer, const WattleApiRoute *route)
{
  g_auto (GStrv) takes = g_strsplit (route->takes != NULL ? route->takes : "", " ", -1);

  if (route->takes == NULL || strcmp (route->method, "GET") == 0)
    return;
  wattle_json_name (writer, "requestBody");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "content");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "application/json");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "schema");
  wattle_json_begin_object (writer);
  write_typed (writer, "object", NULL);
  wattle_json_name (writer, "properties");
  wattle_json_begin_object (writer);
  for (guint i = 0; takes[i] != NULL; i++)
    {
      wattle_json_name (writer, takes[i]);
      wattle_json_begin_object (writer);
      wattle_json_end_object (writer);
    }
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
}

static void
write_answers (WattleJsonWriter *writer)
{
  wattle_json_name (writer, "responses");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "2XX");
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "description", "Done.");
  wattle_json_end_object (writer);
  wattle_json_name (writer, "default");
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "description", "Refused, with the reason and the field at fault.");
  wattle_json_name (writer, "content");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "application/json");
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "schema");
  wattle_json_begin_object (writer);
  pair_ref (writer, "error");
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
  wattle_json_end_object (writer);
}

static void
write_route (WattleJsonWriter *writer, const WattleApiRoute *route)
{
  g_autofree char *method = g_ascii_strdown (route->method, -1);

  wattle_json_name (writer, method);
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "operationId", route->name);
  wattle_json_pair_string (writer, "summary", route->summary);
  wattle_json_name (writer, "security");
  wattle_json_begin_array (writer);
  if ((route->flags & WATTLE_CALL_PUBLIC) == 0)
    {
      wattle_json_begin_object (writer);
      wattle_json_name (writer, "bearer");
      wattle_json_begin_array (writer);
      wattle_json_end_array (writer);
      wattle_json_end_object (writer);
    }
  wattle_json_end_array (writer);
  write_parameters (writer, route);
  write_request_body (writer, route);
  write_answers (writer);
  wattle_json_end_object (writer);
}

static void
write_paths (WattleJsonWriter *writer)
{
  guint n;
  const WattleApiRoute *routes = wattle_api_routes (&n);

  wattle_json_name (writer, "paths");
  wattle_json_begin_object (writer);
  for (guint i = 0; i < n; i++)
    {
      gboolean seen = FALSE;

      for (guint j = 0; j < i; j++)
        seen |= strcmp (routes[j].path, routes[i].path) == 0;
      if (seen)
        continue;
      wattle_json_name (writer, routes[i].path);
      wattle_json_begin_object (writer);
      for (guint j = i; j < n; j++)
        if (strcmp (routes[j].path, routes[i].path) == 0)
          write_route (writer, &routes[j]);
      wattle_json_end_object (writer);
    }
  wattle_json_end_object (writer);
}

/* The one table of who may what: by the names of routes, of operations and of classes of rows. */
static void
write_policy (WattleJsonWriter *writer)
{
  guint n;
  const WattlePolicyRule *rules = wattle_policy_rules (&n);

  wattle_json_name (writer, "x-policy");
  wattle_json_begin_object (writer);
  for (guint i = 0; i < n; i++)
    {
      wattle_json_name (writer, rules[i].name);
      wattle_policy_write_rule (&rules[i], writer);
    }
  wattle_json_end_object (writer);
}

/**
 * wattle_openapi_document:
 *
 * Returns: (transfer full): the description of every route, operation and record
 */
char *
wattle_openapi_document (void)
{
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "openapi", "3.1.0");
  wattle_json_name (&writer, "info");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "title", "Wattle");
  wattle_json_pair_string (&writer, "version", WATTLE_VERSION);
  wattle_json_pair_string (&writer, "summary", "The sync server of a clinic.");
  wattle_json_end_object (&writer);
  write_policy (&writer);
  write_paths (&writer);
  write_components (&writer);
  wattle_json_end_object (&writer);
  return g_string_free (text, FALSE);
}

void
wattle_api_openapi (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autofree char *text = wattle_openapi_document ();

  wattle_request_respond_text (call->request, 200, "application/json", text);
}

static void
append_cell (GString *page, const char *tag, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append_printf (page, "<%s>%s</%s>", tag, escaped, tag);
}

static void
append_routes (GString *page)
{
  guint n;
  const WattleApiRoute *routes = wattle_api_routes (&n);

  g_string_append (page, "<h2>Calls</h2><table><tr><th>Call<th>What it does<th>Takes<th>Session</tr>");
  for (guint i = 0; i < n; i++)
    {
      g_string_append (page, "<tr>");
      append_cell (page, "td", routes[i].rule);
      append_cell (page, "td", routes[i].summary);
      append_cell (page, "td", routes[i].takes != NULL ? routes[i].takes : "");
      append_cell (page, "td", routes[i].flags & WATTLE_CALL_PUBLIC ? "" : "yes");
      g_string_append (page, "</tr>");
    }
  g_string_append (page, "</table>");
}

static void
append_operations (GString *page)
{
  guint n;
  const WattleOperation *operations = wattle_operations (&n);

  g_string_append (page, "<h2>Operations</h2><table><tr><th>Operation<th>What it does<th>Arguments</tr>");
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GString) args = g_string_new (NULL);

      for (const WattleArgument *argument = operations[i].args; argument->name != NULL; argument++)
        g_string_append_printf (args, "%s%s%s", args->len > 0 ? ", " : "", argument->name,
                                argument->required ? "" : " (optional)");
      g_string_append (page, "<tr>");
      append_cell (page, "td", operations[i].name);
      append_cell (page, "td", operations[i].doc);
      append_cell (page, "td", args->str);
      g_string_append (page, "</tr>");
    }
  g_string_append (page, "</table>");
}

static void
append_policy (GString *page)
{
  guint n;
  const WattlePolicyRule *rules = wattle_policy_rules (&n);

  g_string_append (page, "<h2>Who may what</h2><table><tr><th>Rule");
  for (int role = 0; role < WATTLE_N_ROLE; role++)
    append_cell (page, "th", wattle_enum_nick (wattle_enum_find ("role"), role));
  g_string_append (page, "<th>Meaning</tr>");
  for (guint i = 0; i < n; i++)
    {
      g_string_append (page, "<tr>");
      append_cell (page, "td", rules[i].name);
      for (int role = 0; role < WATTLE_N_ROLE; role++)
        append_cell (page, "td", wattle_reach_nick (rules[i].reach[role]));
      append_cell (page, "td", rules[i].doc);
      g_string_append (page, "</tr>");
    }
  g_string_append (page, "</table>");
}

static void
append_records (GString *page)
{
  g_string_append (page, "<h2>Records</h2>");
  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    {
      const WattleType *type = wattle_type_get (t);

      append_cell (page, "h3", type->nick);
      append_cell (page, "p", type->doc);
      g_string_append (page, "<table>");
      for (guint i = 0; i < type->n_fields; i++)
        {
          g_string_append (page, "<tr>");
          append_cell (page, "td", type->fields[i].name);
          append_cell (page, "td", wattle_kind_nick (type->fields[i].kind));
          append_cell (page, "td", type->fields[i].doc);
          g_string_append (page, "</tr>");
        }
      g_string_append (page, "</table>");
    }
}

void
wattle_api_docs (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GString) page = g_string_new ("<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\">"
                                           "<title>Wattle: the interface of wattled</title>"
                                           "<h1>The interface of wattled " WATTLE_VERSION "</h1>"
                                           "<p>The same for programs: <a href=\"openapi.json\">openapi.json</a>.</p>");

  append_routes (page);
  append_operations (page);
  append_policy (page);
  append_records (page);
  g_string_append (page, "</html>");
  wattle_request_respond_text (call->request, 200, "text/html; charset=utf-8", page->str);
}
