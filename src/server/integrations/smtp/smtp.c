/* smtp.c: handing a message to a mail server, RFC 5321, over TLS only
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/integrations/smtp/smtp.h"

#include <string.h>

#include "base/error.h"

#define TIMEOUT_SECONDS 20
#define MAX_LINE 1024
#define MAX_LINES 64
#define WORD_BYTES 39 /* of an encoded word, RFC 2047 s 2: at most 75 characters */

typedef struct
{
  GIOStream *stream;
  GDataInputStream *in;
  GCancellable *cancellable;
} Line;

static void
line_set (Line *self, GIOStream *stream)
{
  g_clear_object (&self->in);
  g_set_object (&self->stream, stream);
  self->in = g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->in), FALSE);
}

static void
line_clear (Line *self)
{
  g_clear_object (&self->in);
  g_clear_object (&self->stream);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static gboolean
fail (GError **error, const char *what)
{
  wattle_set_field_error (error, WATTLE_ERROR_OFFLINE, "smtp", "The mail server did not take the message: %s.", what);
  return FALSE;
}

/* One line of an answer, without its end; bounded. */
static gboolean
read_line (Line *self, char line[MAX_LINE], GError **error)
{
  gsize n = 0;

  while (n < MAX_LINE - 1)
    {
      g_autoptr (GError) local = NULL;
      char c = g_data_input_stream_read_byte (self->in, self->cancellable, &local);

      if (local != NULL)
        return fail (error, "the connection ended");
      if (c == '\n')
        {
          line[n > 0 && line[n - 1] == '\r' ? n - 1 : n] = '\0';
          return TRUE;
        }
      line[n++] = c;
    }
  return fail (error, "its answer is too long");
}

/* Reads an answer to its last line; the first digit must be the wanted one. */
static gboolean
expect (Line *self, char wanted, gboolean *starttls, GError **error)
{
  char line[MAX_LINE];

  for (guint i = 0; i < MAX_LINES; i++)
    {
      if (!read_line (self, line, error))
        return FALSE;
      if (strlen (line) < 3 || line[0] != wanted)
        return fail (error, "it said no");
      if (starttls != NULL && strlen (line) > 4 && g_ascii_strcasecmp (line + 4, "STARTTLS") == 0)
        *starttls = TRUE;
      if (line[3] != '-')
        return TRUE;
    }
  return fail (error, "its answer is too long");
}

static gboolean
say (Line *self, const char *text, GError **error)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), text, strlen (text), NULL,
                                    self->cancellable, NULL)
         || fail (error, "the connection ended");
}

static gboolean
ask (Line *self, char wanted, GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return say (self, text, error) && expect (self, wanted, NULL, error);
}

/* The certificate must be good and for this host; there is no way around it. */
static gboolean
begin_tls (Line *self, const WattleSmtp *smtp, GError **error)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new (smtp->host, smtp->port);
  g_autoptr (GIOStream) secure = g_tls_client_connection_new (self->stream, identity, NULL);
  g_autoptr (GTlsDatabase) trusted = NULL;

  if (secure == NULL)
    return fail (error, "TLS cannot be used here");
  if (smtp->ca_file != NULL)
    {
      trusted = g_tls_file_database_new (smtp->ca_file, NULL);
      if (trusted == NULL)
        return fail (error, "the file of certificates to trust cannot be read");
      g_tls_connection_set_database (G_TLS_CONNECTION (secure), trusted);
    }
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (secure), self->cancellable, NULL))
    return fail (error, "its certificate is not good, or it speaks no TLS");
  line_set (self, secure);
  return TRUE;
}

static gboolean
greet (Line *self, gboolean *starttls, GError **error)
{
  return say (self, "EHLO wattled.invalid\r\n", error) && expect (self, '2', starttls, error);
}

static gboolean
secure (Line *self, const WattleSmtp *smtp, GError **error)
{
  gboolean starttls = FALSE;

  if (smtp->implicit_tls)
    return begin_tls (self, smtp, error) && expect (self, '2', NULL, error) && greet (self, NULL, error);
  if (!expect (self, '2', NULL, error) || !greet (self, &starttls, error))
    return FALSE;
  if (!starttls)
    return fail (error, "it offers no TLS");
  return ask (self, '2', error, "STARTTLS\r\n") && begin_tls (self, smtp, error) && greet (self, NULL, error);
}

static gboolean
authenticate (Line *self, const WattleSmtp *smtp, GError **error)
{
  g_autoptr (GString) plain = NULL;
  g_autofree char *text = NULL;

  if (smtp->user == NULL)
    return TRUE;
  plain = g_string_new_len ("", 1);
  g_string_append (plain, smtp->user);
  g_string_append_c (plain, '\0');
  g_string_append (plain, smtp->password != NULL ? smtp->password : "");
  text = g_base64_encode ((const guint8 *) plain->str, plain->len);
  return ask (self, '2', error, "AUTH PLAIN %s\r\n", text);
}

/* RFC 2047: words of base64, broken between characters. */
static char *
encode_words (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      const char *end = text;
      g_autofree char *word = NULL;

      while (*end != '\0' && g_utf8_next_char (end) - text <= WORD_BYTES)
        end = g_utf8_next_char (end);
      word = g_base64_encode ((const guint8 *) text, end - text);
      g_string_append_printf (out, "%s=?UTF-8?B?%s?=", out->len > 0 ? "\r\n " : "", word);
      text = end;
    }
  return g_string_free (out, FALSE);
}

/* As base64 no line of it can end the message early or be too long. */
static char *
encode_text (const char *text)
{
  g_autofree char *all = g_base64_encode ((const guint8 *) text, strlen (text));
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < strlen (all); i += 76)
    g_string_append_printf (out, "%.76s\r\n", all + i);
  return g_string_free (out, FALSE);
}

static gboolean
transmit (Line *self, const WattleSmtp *smtp, const char *to, const char *subject, const char *text, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *words = encode_words (subject);
  g_autofree char *body = encode_text (text);
  g_autofree char *id = g_uuid_string_random ();
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

  return ask (self, '2', error, "MAIL FROM:<%s>\r\n", smtp->from) && ask (self, '2', error, "RCPT TO:<%s>\r\n", to)
         && ask (self, '3', error, "DATA\r\n")
         && ask (self, '2', error,
                 "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\nFrom: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n"
                 "Message-ID: <%s@wattled.invalid>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%s.\r\n",
                 days[g_date_time_get_day_of_week (now) - 1], g_date_time_get_day_of_month (now),
                 months[g_date_time_get_month (now) - 1], g_date_time_get_year (now), g_date_time_get_hour (now),
                 g_date_time_get_minute (now), g_date_time_get_second (now), smtp->from, to, words, id, body);
}

static gboolean
is_plain (const char *text)
{
  return strpbrk (text, "\r\n") == NULL;
}

/**
 * wattle_smtp_send:
 * @self: the mail server
 * @to: an address
 * @subject: a line
 * @text: with CR LF
 * @cancellable: (nullable): to stop
 * @error: %WATTLE_ERROR_OFFLINE when it may go later, %WATTLE_ERROR_INVALID never
 *
 * Blocks, at most for some multiples of 20 seconds.
 *
 * Returns: whether the mail server has taken it
 */
gboolean
wattle_smtp_send (const WattleSmtp *self,
                  const char *to,
                  const char *subject,
                  const char *text,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_auto (Line) line = { .cancellable = cancellable };

  if (!is_plain (to) || !is_plain (subject) || !is_plain (self->from))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "email", "A line break stands in an address or a subject.");
      return FALSE;
    }
  g_socket_client_set_timeout (client, TIMEOUT_SECONDS);
  connection = g_socket_client_connect_to_host (client, self->host, self->port, cancellable, NULL);
  if (connection == NULL)
    return fail (error, "it does not answer");
  line_set (&line, G_IO_STREAM (connection));
  if (!secure (&line, self, error) || !authenticate (&line, self, error)
      || !transmit (&line, self, to, subject, text, error))
    return FALSE;
  say (&line, "QUIT\r\n", NULL); /* it has the message: what comes after does not matter */
  return TRUE;
}
