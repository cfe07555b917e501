/* frame.h: the frames of RFC 6455: bytes of a client to messages, and messages to bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the server sends. */
typedef enum
{
  WATTLE_OPCODE_TEXT = 0x1,
  WATTLE_OPCODE_CLOSE = 0x8,
  WATTLE_OPCODE_PING = 0x9,
  WATTLE_OPCODE_PONG = 0xa,
} WattleOpcode;

typedef enum
{
  WATTLE_FRAME_MORE, /* bytes are missing */
  WATTLE_FRAME_PART, /* a piece of a message that goes on */
  WATTLE_FRAME_TEXT,
  WATTLE_FRAME_PING,
  WATTLE_FRAME_PONG,
  WATTLE_FRAME_CLOSE,
  WATTLE_FRAME_BAD, /* the client broke a rule: nothing more is to be read */
} WattleFrameKind;

/**
 * WattleFrame:
 * @kind: what came
 * @payload: of a text (the whole message, valid UTF-8, NUL-terminated), ping or close; good until the next call
 * @length: its bytes
 * @code: of a close frame, 1005 when it has none; the close code to answer a bad frame with
 * @reason: why it is bad, for the peer
 */
typedef struct
{
  WattleFrameKind kind;
  const guint8 *payload;
  gsize length;
  guint code;
  const char *reason;
} WattleFrame;

typedef struct
{
  GByteArray *input;
  gsize taken; /* of the input, by frames given out */
  GByteArray *message;
  gboolean in_message;
  gsize max_message; /* bytes of a message with all its fragments */
} WattleFrameReader;

void wattle_frame_reader_init (WattleFrameReader *self, gsize max_message);
void wattle_frame_reader_clear (WattleFrameReader *self);
void wattle_frame_reader_feed (WattleFrameReader *self, const guint8 *data, gsize length);
WattleFrame wattle_frame_reader_next (WattleFrameReader *self);

GBytes *wattle_frame_write (WattleOpcode opcode, const void *data, gsize length);

G_END_DECLS
