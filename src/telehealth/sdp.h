/* sdp.h: which descriptions and candidates of another side may reach the media library
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A description: bytes, lines and sections; a candidate: bytes. */
#define WATTLE_SDP_MAX_BYTES (32 * 1024)
#define WATTLE_SDP_MAX_LINES 600
#define WATTLE_SDP_MAX_SECTIONS 4
#define WATTLE_SDP_MAX_CANDIDATE 512

/**
 * WattleSdpMedia:
 *
 * What a section is for.
 */
typedef enum
{
  WATTLE_SDP_AUDIO,
  WATTLE_SDP_VIDEO,
  WATTLE_SDP_DATA
} WattleSdpMedia;

/**
 * WattleSdpSection:
 * @media: what it is for
 * @mid: its name, letters and digits
 * @codec: "opus", "VP8" or "H264", the first that we know; empty for data
 * @payload: the number of @codec, 0 to 127
 * @twcc: the number of the extension that numbers packets of the whole transport, or 0
 * @n_ssrc: how many are in @ssrc
 * @ssrc: the senders that it names
 *
 * One m-line.
 */
typedef struct
{
  WattleSdpMedia media;
  char mid[33];
  char codec[8];
  guint payload;
  guint twcc;
  guint n_ssrc;
  guint32 ssrc[8];
} WattleSdpSection;

/**
 * WattleSdp:
 * @fingerprint: SHA-256 of the certificate that the sender must hold: 32 bytes
 * @n_sections: how many are in @sections
 * @sections: the m-lines in their order
 *
 * What a description says, as far as we need it.
 */
typedef struct
{
  guint8 fingerprint[32];
  guint n_sections;
  WattleSdpSection sections[WATTLE_SDP_MAX_SECTIONS];
} WattleSdp;

/**
 * WattleCandidateKind:
 *
 * How a candidate came to be.
 */
typedef enum
{
  WATTLE_CANDIDATE_HOST,
  WATTLE_CANDIDATE_REFLEXIVE,
  WATTLE_CANDIDATE_RELAY
} WattleCandidateKind;

/**
 * WattleCandidate:
 * @kind: how it came to be
 * @tcp: whether it is of ICE over TCP, which we do not use
 * @link_local: whether its address means something on one wire only
 * @address: the address, or a name that ends in ".local"
 */
typedef struct
{
  WattleCandidateKind kind;
  gboolean tcp;
  gboolean link_local;
  char address[65];
} WattleCandidate;

gboolean wattle_sdp_parse (const char *text, gsize length, WattleSdp *sdp, GError **error);
gboolean wattle_candidate_parse (const char *text, gsize length, WattleCandidate *candidate, GError **error);
char *wattle_sdp_clean (const char *text, gsize length, WattleSdp *sdp, GError **error);
char *wattle_sdp_set_fingerprint (const char *text, const guint8 *fingerprint);

G_END_DECLS
