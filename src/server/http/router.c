/* router.c: paths and queries from the wire, and the route they mean
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/http-private.h"

#include <string.h>

static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", NULL };

/* Returns: the constant for a method of ours, or %NULL */
const char *
wattle_router_method (const char *method)
{
  for (guint i = 0; methods[i] != NULL; i++)
    if (strcmp (methods[i], method) == 0)
      return methods[i];
  return NULL;
}

static gboolean
refuse (GError **error, const char *field, const char *message)
{
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, field, "%s", message);
  return FALSE;
}

/* Decodes %XX; refuses a broken one, control characters and what is not UTF-8. */
char *
wattle_percent_decode (const char *text, gsize length, gboolean plus_is_space, GError **error)
{
  g_autofree char *plain = g_malloc (length + 1);
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '%')
        {
          int high = length - i > 2 ? g_ascii_xdigit_value (text[i + 1]) : -1;

          if (high < 0 || g_ascii_xdigit_value (text[i + 2]) < 0)
            {
              refuse (error, "path", "The address holds a broken percent code.");
              return NULL;
            }
          c = (char) (high * 16 + g_ascii_xdigit_value (text[i + 2]));
          i += 2;
        }
      else if (c == '+' && plus_is_space)
        c = ' ';
      if ((guchar) c < 0x20 || c == 0x7f)
        {
          refuse (error, "path", "The address holds a control character.");
          return NULL;
        }
      plain[n++] = c;
    }
  plain[n] = '\0';
  if (!g_utf8_validate (plain, n, NULL))
    {
      refuse (error, "path", "The address is not valid UTF-8.");
      return NULL;
    }
  return g_steal_pointer (&plain);
}

/* Cuts @raw at its slashes. A decoded segment must not bring a slash, "." or ".." of its own. */
gboolean
wattle_path_parse (WattlePath *path, const char *raw, gsize length, gboolean is_route, GError **error)
{
  const char *end = raw + length;

  if (length == 0 || raw[0] != '/')
    return refuse (error, "path", "The address must begin with a slash.");
  for (const char *at = raw + 1; at <= end;)
    {
      const char *slash = memchr (at, '/', end - at);
      gsize size = (slash != NULL ? slash : end) - at;
      char *segment;

      if (path->n_segments == WATTLE_HTTP_MAX_SEGMENTS || size > 3 * WATTLE_HTTP_MAX_PARAM)
        return refuse (error, "path", "The address is too long.");
      segment = wattle_percent_decode (at, size, FALSE, error);
      if (segment == NULL)
        return FALSE;
      path->segments[path->n_segments++] = segment;
      if (strlen (segment) > WATTLE_HTTP_MAX_PARAM)
        return refuse (error, "path", "The address is too long.");
      if (strchr (segment, '/') != NULL || strcmp (segment, ".") == 0 || strcmp (segment, "..") == 0)
        return refuse (error, "path", "The address holds a hidden slash or a relative step.");
      if (is_route && segment[0] == '{')
        {
          gsize width = strlen (segment);

          if (width < 3 || segment[width - 1] != '}')
            return refuse (error, "path", "A route's parameter must fill a whole segment.");
          segment[width - 1] = '\0';
          memmove (segment, segment + 1, width - 1);
          path->parameters |= 1u << (path->n_segments - 1);
        }
      at += size + 1;
    }
  return TRUE;
}

void
wattle_path_clear (WattlePath *path)
{
  for (guint i = 0; i < path->n_segments; i++)
    g_free (path->segments[i]);
  memset (path, 0, sizeof *path);
}

/* Lower is better: literals win over parameters, from the left. -1 does not match. */
static gint64
path_match (const WattlePath *route, const WattlePath *path)
{
  gint64 cost = 0;

  if (route->n_segments != path->n_segments)
    return -1;
  for (guint i = 0; i < route->n_segments; i++)
    {
      gboolean is_parameter = (route->parameters >> i) & 1;

      if (is_parameter ? path->segments[i][0] == '\0' : strcmp (route->segments[i], path->segments[i]) != 0)
        return -1;
      cost = cost * 2 + is_parameter;
    }
  return cost;
}

/* Finds the route; if only other methods have this path, lists them in @allow. */
const WattleRoute *
wattle_router_find (WattleEngine *self, const char *method, const WattlePath *path, GString *allow)
{
  const WattleRoute *best = NULL;
  gint64 best_cost = G_MAXINT64;

  for (gsize i = 0; i < self->n_routes; i++)
    {
      const WattleRoute *route = &self->routes[i];
      gint64 cost = path_match (&self->paths[i], path);
      gboolean is_get_for_head = strcmp (method, "HEAD") == 0 && strcmp (route->method, "GET") == 0;

      if (cost < 0)
        continue;
      if (strstr (allow->str, route->method) == NULL)
        g_string_append_printf (allow, "%s%s", allow->len > 0 ? ", " : "", route->method);
      if (strcmp (route->method, method) != 0 && !is_get_for_head)
        continue;
      cost = cost * 2 + is_get_for_head; /* a HEAD route of its own wins */
      if (cost < best_cost)
        {
          best = route;
          best_cost = cost;
        }
    }
  return best;
}

const char *
wattle_router_param (WattleEngine *self, const WattleRoute *route, const WattlePath *path, const char *name)
{
  const WattlePath *shape = &self->paths[route - self->routes];

  for (guint i = 0; i < shape->n_segments; i++)
    if (((shape->parameters >> i) & 1) && strcmp (shape->segments[i], name) == 0)
      return path->segments[i];
  return NULL;
}

static gboolean
same_shape (const WattlePath *a, const WattlePath *b)
{
  if (a->n_segments != b->n_segments || a->parameters != b->parameters)
    return FALSE;
  for (guint i = 0; i < a->n_segments; i++)
    if (!((a->parameters >> i) & 1) && strcmp (a->segments[i], b->segments[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Checks the whole table once, so that a mistake in it stops the start and not a request. */
gboolean
wattle_router_compile (WattleEngine *self, GError **error)
{
  self->paths = g_new0 (WattlePath, self->n_routes + 1);
  for (gsize i = 0; i < self->n_routes; i++)
    {
      const WattleRoute *route = &self->routes[i];
      WattlePath *path = &self->paths[i];

      if (route->handler == NULL || route->name == NULL || wattle_router_method (route->method) == NULL)
        return refuse (error, route->path, "A route lacks its handler, its name or a known method.");
      if (!wattle_path_parse (path, route->path, strlen (route->path), TRUE, error))
        return FALSE;
      if (__builtin_popcount (path->parameters) > WATTLE_HTTP_MAX_PARAMS)
        return refuse (error, route->path, "A route has too many parameters.");
      for (gsize j = 0; j < i; j++)
        if (strcmp (self->routes[j].name, route->name) == 0 ||
            (strcmp (self->routes[j].method, route->method) == 0 && same_shape (&self->paths[j], path)))
          return refuse (error, route->path, "Two routes have the same name, or the same method and path.");
    }
  return TRUE;
}

void
wattle_router_clear (WattleEngine *self)
{
  for (gsize i = 0; self->paths != NULL && i < self->n_routes; i++)
    wattle_path_clear (&self->paths[i]);
  g_clear_pointer (&self->paths, g_free);
}

/* Returns: (transfer full): name, value, name, value; %NULL with an error */
GPtrArray *
wattle_query_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);

  while (text != NULL && *text != '\0')
    {
      gsize length = strcspn (text, "&");
      const char *equals = memchr (text, '=', length);
      gsize name_length = equals != NULL ? (gsize) (equals - text) : length;
      char *name, *value;

      if (pairs->len == 2 * WATTLE_HTTP_MAX_QUERIES)
        {
          wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "query", "The address has too many parameters.");
          return NULL;
        }
      name = wattle_percent_decode (text, name_length, TRUE, error);
      if (name == NULL)
        return NULL;
      g_ptr_array_add (pairs, name);
      value = equals != NULL ? wattle_percent_decode (equals + 1, length - name_length - 1, TRUE, error)
                             : g_strdup ("");
      if (value == NULL)
        return NULL;
      g_ptr_array_add (pairs, value);
      text += length + (text[length] == '&');
    }
  return g_steal_pointer (&pairs);
}
