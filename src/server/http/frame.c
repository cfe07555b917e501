/* frame.c: the frames of RFC 6455: bytes of a client to messages, and messages to bytes
 *
 * What is kept of one client is one message and one frame at most, and a frame that is too long is refused by its
 * header. Extensions, and so compression, are never agreed to.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/frame.h"

#include <string.h>

#include "server/http/websocket.h"

#define MAX_CONTROL 125
#define KEPT 4096 /* bytes of a buffer that stay between messages */

enum
{
  CONTINUATION = 0x0,
  BINARY = 0x2,
};

/* The head of a frame that is here whole. */
typedef struct
{
  guint8 first;
  guint8 second;
  gsize size; /* of the head, mask included */
  guint64 length;
} Head;

/**
 * wattle_frame_reader_init:
 * @self: a reader
 * @max_message: bytes that a message may have, all fragments together
 */
void
wattle_frame_reader_init (WattleFrameReader *self, gsize max_message)
{
  *self =
    (WattleFrameReader){ .input = g_byte_array_new (), .message = g_byte_array_new (), .max_message = max_message };
}

void
wattle_frame_reader_clear (WattleFrameReader *self)
{
  g_clear_pointer (&self->input, g_byte_array_unref);
  g_clear_pointer (&self->message, g_byte_array_unref);
}

/* Empties @bytes; what one large message needed does not stay with a silent client. */
static void
empty (GByteArray **bytes)
{
  if ((*bytes)->len <= KEPT)
    g_byte_array_set_size (*bytes, 0);
  else
    {
      g_byte_array_unref (*bytes);
      *bytes = g_byte_array_new ();
    }
}

/**
 * wattle_frame_reader_feed:
 * @self: a reader
 * @data: what came
 * @length: its bytes
 *
 * Take what is whole with wattle_frame_reader_next() before feeding more.
 */
void
wattle_frame_reader_feed (WattleFrameReader *self, const guint8 *data, gsize length)
{
  if (self->taken == self->input->len)
    empty (&self->input);
  else if (self->taken > 0)
    g_byte_array_remove_range (self->input, 0, self->taken);
  self->taken = 0;
  g_byte_array_append (self->input, data, length);
}

static WattleFrame
bad (guint code, const char *reason)
{
  return (WattleFrame){ .kind = WATTLE_FRAME_BAD, .code = code, .reason = reason };
}

/* What a frame's head may not say. */
static WattleFrame
check_head (WattleFrameReader *self, const Head *head)
{
  guint opcode = head->first & 0x0f;
  gboolean is_control = opcode & 0x8;

  if ((head->first & 0x70) != 0 || !(head->second & 0x80) || opcode > WATTLE_OPCODE_PONG
      || (opcode > BINARY && opcode < WATTLE_OPCODE_CLOSE)
      || (is_control && (!(head->first & 0x80) || head->length > MAX_CONTROL))
      || (opcode == CONTINUATION && !self->in_message) || (!is_control && opcode != CONTINUATION && self->in_message))
    return bad (WATTLE_SOCKET_CLOSE_PROTOCOL, "bad frame");
  if (opcode == BINARY)
    return bad (WATTLE_SOCKET_CLOSE_BINARY, "text only");
  if (!is_control && head->length + self->message->len > self->max_message)
    return bad (WATTLE_SOCKET_CLOSE_TOO_LARGE, "message too large");
  return (WattleFrame){ .kind = WATTLE_FRAME_PART };
}

/* Returns: %WATTLE_FRAME_PART when @head is filled and allowed */
static WattleFrame
read_head (WattleFrameReader *self, const guint8 *data, gsize available, Head *head)
{
  guint width;

  if (available < 2)
    return (WattleFrame){ .kind = WATTLE_FRAME_MORE };
  *head = (Head){ .first = data[0], .second = data[1], .size = 6, .length = data[1] & 0x7f };
  if (head->length >= 126)
    {
      width = head->length == 127 ? 8 : 2;
      head->size += width;
      if (available < 2 + width)
        return (WattleFrame){ .kind = WATTLE_FRAME_MORE };
      head->length = 0;
      for (guint i = 0; i < width; i++)
        head->length = head->length << 8 | data[2 + i];
      if (head->length < (width == 8 ? 0x10000 : 126) || head->length > G_MAXINT64)
        return bad (WATTLE_SOCKET_CLOSE_PROTOCOL, "bad length");
    }
  return check_head (self, head);
}

static gboolean
is_valid_close_code (guint code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1011) || (code >= 3000 && code <= 4999);
}

static WattleFrame
read_close (const guint8 *payload, gsize length)
{
  guint code = length >= 2 ? payload[0] << 8 | payload[1] : 1005;

  if (length == 1 || (length >= 2 && !is_valid_close_code (code)))
    return bad (WATTLE_SOCKET_CLOSE_PROTOCOL, "bad close");
  if (length > 2 && !g_utf8_validate ((const char *) payload + 2, length - 2, NULL))
    return bad (WATTLE_SOCKET_CLOSE_NOT_UTF8, "bad close reason");
  return (WattleFrame){ WATTLE_FRAME_CLOSE, payload, length, code, NULL };
}

static WattleFrame
read_data (WattleFrameReader *self, gboolean is_last, const guint8 *payload, gsize length)
{
  g_byte_array_append (self->message, payload, length);
  self->in_message = !is_last;
  if (!is_last)
    return (WattleFrame){ .kind = WATTLE_FRAME_PART };
  if (!g_utf8_validate ((const char *) self->message->data, self->message->len, NULL))
    return bad (WATTLE_SOCKET_CLOSE_NOT_UTF8, "not UTF-8");
  g_byte_array_append (self->message, (const guint8 *) "", 1);
  return (WattleFrame){ .kind = WATTLE_FRAME_TEXT, .payload = self->message->data, .length = self->message->len - 1 };
}

/**
 * wattle_frame_reader_next:
 * @self: a reader
 *
 * Returns: the next frame or message; %WATTLE_FRAME_MORE when none is whole
 */
WattleFrame
wattle_frame_reader_next (WattleFrameReader *self)
{
  guint8 *data = self->input->data + self->taken;
  gsize available = self->input->len - self->taken;
  WattleFrame frame;
  Head head;

  if (!self->in_message)
    empty (&self->message);
  frame = read_head (self, data, available, &head);
  if (frame.kind != WATTLE_FRAME_PART)
    return frame;
  if (available < head.size + head.length)
    return (WattleFrame){ .kind = WATTLE_FRAME_MORE };
  self->taken += head.size + head.length;
  data += head.size;
  for (gsize i = 0; i < head.length; i++)
    data[i] ^= data[(gssize) (i % 4) - 4];
  switch (head.first & 0x0f)
    {
    case WATTLE_OPCODE_CLOSE:
      return read_close (data, head.length);
    case WATTLE_OPCODE_PING:
      return (WattleFrame){ .kind = WATTLE_FRAME_PING, .payload = data, .length = head.length };
    case WATTLE_OPCODE_PONG:
      return (WattleFrame){ .kind = WATTLE_FRAME_PONG, .payload = data, .length = head.length };
    default:
      return read_data (self, head.first & 0x80, data, head.length);
    }
}

/**
 * wattle_frame_write:
 * @opcode: of the frame
 * @data: (nullable): its payload
 * @length: bytes of @data
 *
 * Returns: (transfer full): the bytes of one unmasked frame
 */
GBytes *
wattle_frame_write (WattleOpcode opcode, const void *data, gsize length)
{
  guint8 *frame = g_malloc (length + 10);
  gsize header = 2;

  frame[0] = 0x80 | opcode;
  if (length < 126)
    frame[1] = length;
  else
    {
      guint width = length > 0xffff ? 8 : 2;

      frame[1] = width == 8 ? 127 : 126;
      for (guint i = 0; i < width; i++)
        frame[2 + i] = (guint64) length >> (8 * (width - 1 - i));
      header += width;
    }
  if (length > 0)
    memcpy (frame + header, data, length);
  return g_bytes_new_take (frame, header + length);
}
