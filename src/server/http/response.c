/* response.c: answers: bytes, errors, files by range and streams
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/http-private.h"

#include <string.h>
#include <unistd.h>

#define GZIP_LEAST 1024
#define RETRY_SECONDS "2"

static const guint statuses[WATTLE_N_ERRORS] = {
  [WATTLE_ERROR_FAILED] = 500,       [WATTLE_ERROR_INVALID] = 400,
  [WATTLE_ERROR_NOT_FOUND] = 404,    [WATTLE_ERROR_CONFLICT] = 409,
  [WATTLE_ERROR_FORBIDDEN] = 403,    [WATTLE_ERROR_UNAUTHENTICATED] = 401,
  [WATTLE_ERROR_RATE_LIMITED] = 429, [WATTLE_ERROR_TOO_LARGE] = 413,
  [WATTLE_ERROR_UNSUPPORTED] = 426,  [WATTLE_ERROR_OFFLINE] = 502,
  [WATTLE_ERROR_CORRUPT] = 500,      [WATTLE_ERROR_DISK_FULL] = 507,
  [WATTLE_ERROR_LOCKED] = 423,       [WATTLE_ERROR_KEY_LOST] = 500,
  [WATTLE_ERROR_BUSY] = 503,         [WATTLE_ERROR_CANCELLED] = 503,
};

static const char *const security_headers[][2] = {
  { "X-Content-Type-Options", "nosniff" },
  { "Cache-Control", "no-store" },
  { "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
  { "Referrer-Policy", "no-referrer" },
};

/**
 * wattle_error_code_status:
 * @code: what went wrong
 *
 * Returns: the HTTP status that says it
 */
guint
wattle_error_code_status (WattleErrorCode code)
{
  return code < WATTLE_N_ERRORS ? statuses[code] : 500;
}

/* Gives the answer to the connection; the first answer counts, later ones are dropped. Takes @response. */
void
wattle_request_deliver (WattleRequest *self, guint status, struct MHD_Response *response, guint64 size)
{
  struct MHD_Connection *resume = NULL;

  if (response == NULL)
    {
      g_critical ("There is no memory for an answer");
      response = MHD_create_response_from_buffer (0, (void *) "", MHD_RESPMEM_PERSISTENT);
      status = 500;
    }
  g_mutex_lock (&self->lock);
  if (self->answered)
    {
      g_mutex_unlock (&self->lock);
      MHD_destroy_response (response);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (security_headers); i++)
    if (MHD_get_response_header (response, security_headers[i][0]) == NULL)
      MHD_add_response_header (response, security_headers[i][0], security_headers[i][1]);
  MHD_add_response_header (response, "X-Request-Id", self->id);
  self->answered = TRUE;
  self->response = response;
  self->status = status;
  self->answer_size = size;
  if (self->suspended)
    resume = self->connection;
  g_mutex_unlock (&self->lock);
  if (resume != NULL)
    MHD_resume_connection (resume);
}

/**
 * wattle_request_set_header:
 * @self: a request
 * @name: of a header of the answer
 * @value: its value; one with line breaks is dropped
 *
 * To be called before answering, by the thread that answers. A security
 * header named here replaces the engine's own.
 */
void
wattle_request_set_header (WattleRequest *self, const char *name, const char *value)
{
  g_return_if_fail (strpbrk (name, "\r\n") == NULL && strpbrk (value, "\r\n") == NULL);
  if (self->answer_headers == NULL)
    self->answer_headers = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->answer_headers, g_strdup (name));
  g_ptr_array_add (self->answer_headers, g_strdup (value));
}

static struct MHD_Response *
add_headers (WattleRequest *self, struct MHD_Response *response, const char *content_type)
{
  if (response == NULL)
    return NULL;
  if (content_type != NULL)
    MHD_add_response_header (response, "Content-Type", content_type);
  for (guint i = 0; self->answer_headers != NULL && i + 1 < self->answer_headers->len; i += 2)
    MHD_add_response_header (response, self->answer_headers->pdata[i], self->answer_headers->pdata[i + 1]);
  return response;
}

static struct MHD_Response *
response_from_bytes (GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  return MHD_create_response_from_buffer_with_free_callback_cls (size, (void *) (data != NULL ? data : ""),
                                                                 (MHD_ContentReaderFreeCallback) g_bytes_unref,
                                                                 g_bytes_ref (bytes));
}

/* Returns: (transfer full): @body packed, or itself where that is not wanted or does not pay */
static GBytes *
pack (WattleRequest *self, GBytes *body)
{
  const char *accepted = wattle_request_get_header (self, "Accept-Encoding");
  g_autoptr (GZlibCompressor) compressor = NULL;
  g_autofree guint8 *packed = NULL;
  gsize size, taken = 0, made = 0;
  const guint8 *data = g_bytes_get_data (body, &size);
  GConverterResult result = G_CONVERTER_CONVERTED;

  if (self->route == NULL || !(self->route->flags & WATTLE_ROUTE_GZIP) || size < GZIP_LEAST || accepted == NULL ||
      strstr (accepted, "gzip") == NULL || strstr (accepted, "gzip;q=0") != NULL)
    return g_bytes_ref (body);
  compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1);
  packed = g_malloc (size);
  while (result == G_CONVERTER_CONVERTED)
    {
      gsize n_read, n_written;

      /* No room left means that packing does not make it smaller. */
      result = g_converter_convert (G_CONVERTER (compressor), data + taken, size - taken, packed + made, size - made,
                                    G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
      if (result == G_CONVERTER_ERROR)
        return g_bytes_ref (body);
      taken += n_read;
      made += n_written;
    }
  wattle_request_set_header (self, "Content-Encoding", "gzip");
  wattle_request_set_header (self, "Vary", "Accept-Encoding");
  return g_bytes_new (packed, made);
}

/**
 * wattle_request_respond:
 * @self: a request
 * @status: the HTTP status
 * @content_type: (nullable): of @body
 * @body: (nullable) (transfer none): the answer
 *
 * Answers, from any thread. Only the first answer of a request counts.
 */
void
wattle_request_respond (WattleRequest *self, guint status, const char *content_type, GBytes *body)
{
  g_autoptr (GBytes) bytes = body != NULL ? pack (self, body) : g_bytes_new_static ("", 0);

  wattle_request_deliver (self, status, add_headers (self, response_from_bytes (bytes), content_type),
                          g_bytes_get_size (bytes));
}

/**
 * wattle_request_respond_text:
 * @self: a request
 * @status: the HTTP status
 * @content_type: of @text
 * @text: (nullable): the answer
 *
 * The same for a string, which is copied.
 */
void
wattle_request_respond_text (WattleRequest *self, guint status, const char *content_type, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, text != NULL ? strlen (text) : 0);

  wattle_request_respond (self, status, content_type, bytes);
}

static void
append_json_string (GString *json, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (json, '"');
  for (const char *c = valid; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_printf (json, "\\%c", *c);
      else if ((guchar) *c < 0x20)
        g_string_append_printf (json, "\\u%04x", (guchar) *c);
      else
        g_string_append_c (json, *c);
    }
  g_string_append_c (json, '"');
}

/**
 * wattle_request_respond_failure:
 * @self: a request
 * @status: the HTTP status, or 0 for the one of @code
 * @code: what went wrong
 * @field: (nullable): the JSON name of the field at fault
 * @message: a sentence for a person, without names or clinical content
 *
 * Answers with the error body that every call shares.
 */
void
wattle_request_respond_failure (WattleRequest *self, guint status, WattleErrorCode code, const char *field,
                                const char *message)
{
  g_autoptr (GString) json = g_string_new ("{\"error\":{\"code\":");
  g_autoptr (GBytes) bytes = NULL;
  struct MHD_Response *response;

  if (status == 0)
    status = wattle_error_code_status (code);
  append_json_string (json, wattle_error_code_nick (code));
  if (field != NULL)
    {
      g_string_append (json, ",\"field\":");
      append_json_string (json, field);
    }
  g_string_append (json, ",\"message\":");
  append_json_string (json, message);
  g_string_append (json, ",\"request\":");
  append_json_string (json, self->id);
  g_string_append (json, "}}\n");
  bytes = g_string_free_to_bytes (g_steal_pointer (&json));
  response = add_headers (self, response_from_bytes (bytes), "application/json");
  if (response != NULL && (status == 429 || status == 503) && MHD_get_response_header (response, "Retry-After") == NULL)
    MHD_add_response_header (response, "Retry-After", RETRY_SECONDS);
  if (response != NULL && status == 401)
    MHD_add_response_header (response, "WWW-Authenticate", "Bearer");
  wattle_request_deliver (self, status, response, g_bytes_get_size (bytes));
}

void
wattle_request_respond_busy (WattleRequest *self)
{
  wattle_request_respond_failure (self, 0, WATTLE_ERROR_BUSY, NULL, "The server is busy. Try again in a moment.");
}

/**
 * wattle_request_respond_error:
 * @self: a request
 * @error: what went wrong
 *
 * Answers with @error. Of an error that is not ours only "failed" is told: its
 * text may name files or rows, so it goes to the log instead.
 */
void
wattle_request_respond_error (WattleRequest *self, const GError *error)
{
  WattleErrorCode code = wattle_error_get_code (error);

  if (error->domain == WATTLE_ERROR)
    {
      wattle_request_respond_failure (self, 0, code, wattle_error_get_field (error), error->message);
      return;
    }
  g_warning ("Request %s failed: %s %d", self->id, g_quark_to_string (error->domain), error->code);
  wattle_request_respond_failure (self, 0, code, NULL, "The server could not do this. Nothing was changed.");
}

/* A streamed answer: one block that a worker fills and the listener's thread empties, never both at once. The
 * connection sleeps while a worker fills, so memory is one block however slow the client. */
typedef struct
{
  gatomicrefcount        references;
  WattleEngine          *engine;
  WattleConnection      *socket;
  struct MHD_Connection *connection;
  WattleJob              job;
  WattlePull             pull;
  gpointer               data;
  GDestroyNotify         destroy;
  char                  *block;
  gsize                  taken;
  gssize                 filled; /* 0 at the end, -1 torn */
  gboolean               ended;
} Stream;

static void
stream_unref (gpointer data)
{
  Stream *self = data;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self->block);
  g_free (self);
}

static void
stream_fill (gpointer data)
{
  Stream *self = data;
  g_autoptr (GError) error = NULL;

  self->taken = 0;
  self->filled = self->pull (self->data, self->block, WATTLE_HTTP_STREAM_BLOCK, &error);
  if (self->filled < 0)
    g_warning ("A streamed answer broke off: %s %d", error != NULL ? g_quark_to_string (error->domain) : "unknown",
               error != NULL ? error->code : 0);
  self->ended = self->filled <= 0;
  MHD_resume_connection (self->connection);
  stream_unref (self);
}

static ssize_t
stream_read (void *cls, uint64_t position, char *buffer, size_t size)
{
  Stream *self = cls;
  gsize n;

  if (self->filled > 0 && self->taken < (gsize) self->filled)
    {
      n = MIN (size, (gsize) self->filled - self->taken);
      memcpy (buffer, self->block + self->taken, n);
      self->taken += n;
      wattle_limits_set_deadline (self->engine, self->socket, self->engine->config.idle_ms);
      return n;
    }
  if (self->ended)
    return self->filled < 0 ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
  wattle_limits_set_deadline (self->engine, self->socket, 0);
  g_atomic_ref_count_inc (&self->references);
  MHD_suspend_connection (self->connection);
  if (!wattle_engine_submit (self->engine, &self->job, FALSE))
    {
      MHD_resume_connection (self->connection);
      stream_unref (self);
      self->ended = TRUE;
      self->filled = -1;
    }
  return 0;
}

/**
 * wattle_request_respond_stream:
 * @self: a request
 * @status: the HTTP status
 * @content_type: (nullable): of what comes
 * @size: bytes that will come, or -1 if unknown
 * @pull: gives the next bytes
 * @data: (transfer full): for @pull
 * @destroy: (nullable): frees @data when the answer is over, however it ended; runs on any thread
 *
 * Answers with a stream that takes 64 KiB of memory whatever its length.
 */
void
wattle_request_respond_stream (WattleRequest *self, guint status, const char *content_type, gint64 size,
                               WattlePull pull, gpointer data, GDestroyNotify destroy)
{
  Stream *stream = g_new0 (Stream, 1);
  struct MHD_Response *response;

  g_atomic_ref_count_init (&stream->references);
  stream->engine = self->engine;
  stream->socket = self->socket;
  stream->connection = self->connection;
  stream->job = (WattleJob){ stream_fill, stream };
  stream->pull = pull;
  stream->data = data;
  stream->destroy = destroy;
  stream->block = g_malloc (WATTLE_HTTP_STREAM_BLOCK);
  response = MHD_create_response_from_callback (size < 0 ? MHD_SIZE_UNKNOWN : (uint64_t) size, WATTLE_HTTP_STREAM_BLOCK,
                                                stream_read, stream, stream_unref);
  if (response == NULL)
    stream_unref (stream);
  /* libmicrohttpd ends the chunks that it does not send for a HEAD, and the next answer would begin with that. */
  else if (size < 0 && strcmp (wattle_request_get_method (self), "HEAD") == 0)
    MHD_set_response_options (response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
  wattle_request_deliver (self, status, add_headers (self, response, content_type), MAX (size, 0));
}

/**
 * wattle_range_parse:
 * @header: (nullable): a Range header
 * @size: of the whole
 * @offset: (out): first byte to send
 * @length: (out): bytes to send
 *
 * Reads a single byte range (RFC 9110 s 14.1.2). Several ranges, other units and
 * nonsense are ignored, as that section allows.
 *
 * Returns: what to do
 */
WattleRange
wattle_range_parse (const char *header, guint64 size, guint64 *offset, guint64 *length)
{
  g_autofree char *first = NULL;
  const char *dash;
  guint64 from = 0, to = 0;

  *offset = 0;
  *length = size;
  if (header == NULL || !g_str_has_prefix (header, "bytes="))
    return WATTLE_RANGE_NONE;
  header += strlen ("bytes=");
  dash = strchr (header, '-');
  if (dash == NULL)
    return WATTLE_RANGE_NONE;
  first = g_strndup (header, dash - header);
  if (dash[1] != '\0' && !g_ascii_string_to_unsigned (dash + 1, 10, 0, G_MAXINT64, &to, NULL))
    return WATTLE_RANGE_NONE;
  if (first[0] == '\0')
    {
      if (dash[1] == '\0')
        return WATTLE_RANGE_NONE;
      if (to == 0 || size == 0)
        return WATTLE_RANGE_OUTSIDE;
      *length = MIN (to, size);
      *offset = size - *length;
      return WATTLE_RANGE_PART;
    }
  if (!g_ascii_string_to_unsigned (first, 10, 0, G_MAXINT64, &from, NULL) || (dash[1] != '\0' && to < from))
    return WATTLE_RANGE_NONE;
  if (from >= size)
    return WATTLE_RANGE_OUTSIDE;
  *offset = from;
  *length = (dash[1] == '\0' || to >= size ? size - 1 : to) - from + 1;
  return WATTLE_RANGE_PART;
}

/**
 * wattle_request_respond_fd:
 * @self: a request
 * @content_type: (nullable): of the file
 * @fd: (transfer full): a regular file open for reading; closed when sent
 * @size: its size
 *
 * Answers with a file or the part that the client's Range header asks for,
 * handed from the file to the socket by the kernel.
 */
void
wattle_request_respond_fd (WattleRequest *self, const char *content_type, int fd, guint64 size)
{
  guint64 offset, length;
  g_autofree char *range = NULL;
  struct MHD_Response *response;
  WattleRange kind = wattle_range_parse (wattle_request_get_header (self, "Range"), size, &offset, &length);

  wattle_request_set_header (self, "Accept-Ranges", "bytes");
  if (kind == WATTLE_RANGE_OUTSIDE)
    {
      close (fd);
      range = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);
      wattle_request_set_header (self, "Content-Range", range);
      wattle_request_respond_failure (self, 416, WATTLE_ERROR_INVALID, "range", "The file has no such part.");
      return;
    }
  if (kind == WATTLE_RANGE_PART)
    {
      range = g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, offset,
                               offset + length - 1, size);
      wattle_request_set_header (self, "Content-Range", range);
    }
  response = MHD_create_response_from_fd_at_offset64 (length, fd, offset);
  if (response == NULL)
    close (fd);
  wattle_request_deliver (self, kind == WATTLE_RANGE_PART ? 206 : 200, add_headers (self, response, content_type),
                          length);
}
