/* line-text.c: what is written to the other side of a line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define GST_USE_UNSTABLE_API

#include "telehealth/media/line-private.h"

#include <string.h>

#include <gst/webrtc/webrtc.h>

#define MAX_WAITING_TEXTS 64
/* What is more than any honest side says would only keep the window busy. */
#define MAX_TEXTS_A_SECOND 100

static void
send_now (WattleLine *self, GBytes *bytes)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);

  if (g_utf8_validate_len (text, length, NULL))
    {
      g_autofree char *string = g_strndup (text, length);

      g_signal_emit_by_name (self->channel, "send-string", string);
    }
  else
    g_signal_emit_by_name (self->channel, "send-data", bytes);
}

/**
 * wattle_line_open_channel:
 * @self: a line
 *
 * Sends what waited, once the channel is open and the other side known.
 */
void
wattle_line_open_channel (WattleLine *self)
{
  if (!self->channel_open || !g_atomic_int_get (&self->open))
    return;
  while (self->texts.length > 0)
    {
      g_autoptr (GBytes) first = g_queue_pop_head (&self->texts);

      send_now (self, first);
    }
}

static void
take_opened (WattleLine *self, char *text, GBytes *bytes, guint number)
{
  self->channel_open = TRUE;
  wattle_line_open_channel (self);
}

static void
take_text (WattleLine *self, char *text, GBytes *bytes, guint number)
{
  if (g_atomic_int_get (&self->open))
    self->events->text (self, bytes, self->data);
}

static void
channel_opened_cb (GObject *channel, gpointer data)
{
  wattle_line_tell (data, take_opened, NULL, NULL, 0);
}

/* On the one thread of the channel. */
static gboolean
is_slow_enough (WattleLine *self)
{
  gint64 second = g_get_monotonic_time () / G_USEC_PER_SEC;

  if (second != self->text_second)
    self->texts_heard = 0;
  self->text_second = second;
  return ++self->texts_heard <= MAX_TEXTS_A_SECOND;
}

static void
channel_string_cb (GObject *channel, const char *text, gpointer data)
{
  if (text != NULL && strlen (text) <= WATTLE_CALL_MAX_TEXT && is_slow_enough (data))
    wattle_line_tell (data, take_text, NULL, g_bytes_new (text, strlen (text)), 0);
}

static void
channel_data_cb (GObject *channel, GBytes *bytes, gpointer data)
{
  if (bytes != NULL && g_bytes_get_size (bytes) <= WATTLE_CALL_MAX_TEXT && is_slow_enough (data))
    wattle_line_tell (data, take_text, NULL, g_bytes_ref (bytes), 0);
}

/**
 * wattle_line_watch_channel:
 * @self: a line
 * @channel: (nullable): what texts go over; only the first is taken
 */
void
wattle_line_watch_channel (WattleLine *self, GObject *channel)
{
  if (channel == NULL || self->channel != NULL)
    return;
  self->channel = g_object_ref (channel);
  g_signal_connect (channel, "on-open", G_CALLBACK (channel_opened_cb), self);
  g_signal_connect (channel, "on-message-string", G_CALLBACK (channel_string_cb), self);
  g_signal_connect (channel, "on-message-data", G_CALLBACK (channel_data_cb), self);
}

/**
 * wattle_line_take_channel:
 * @rtc: the library
 * @channel: what the other side made
 * @data: a line
 */
void
wattle_line_take_channel (GstElement *rtc, GObject *channel, gpointer data)
{
  WattleLine *self = data;
  int state = 0;

  wattle_line_watch_channel (self, channel);
  g_object_get (channel, "ready-state", &state, NULL);
  if (state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN)
    wattle_line_tell (self, take_opened, NULL, NULL, 0);
}

/**
 * wattle_line_send_text:
 * @self: a line
 * @text: what to say
 */
void
wattle_line_send_text (WattleLine *self, GBytes *text)
{
  if (self->channel_open && g_atomic_int_get (&self->open))
    send_now (self, text);
  else if (self->texts.length < MAX_WAITING_TEXTS)
    g_queue_push_tail (&self->texts, g_bytes_ref (text));
}
