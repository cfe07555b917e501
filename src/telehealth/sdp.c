/* sdp.c: which descriptions and candidates of another side may reach the media library
 *
 * RFC 8866 (descriptions), 8839 (candidates), 8843 (BUNDLE), 8122 (fingerprints), 8841 (data), as far as two browsers
 * or two of us use them. A line that we do not know is left out; one that we know and that has another form than we
 * know makes the whole description bad.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/sdp.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"

#define MAX_LINE 1024
#define MAX_FORMATS 64
#define MAX_CANDIDATES 64

/* Packets numbered over the whole transport, for which feedback says when they arrived. */
#define TWCC_URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ICE_CHARS LETTERS DIGITS "+/"
#define TOKEN_CHARS LETTERS DIGITS "!#$%&'*+-.^_`{|}~"

/* What was seen so far of a section, or of the part before the first one. */
typedef struct
{
  gboolean ufrag;
  gboolean password;
  gboolean fingerprint;
  gboolean mux;
  gboolean bundle_only;
  gboolean port;
  gboolean known[128]; /* the payloads of the m-line */
} Part;

typedef struct
{
  WattleSdp *sdp;
  GString *clean; /* nullable */
  Part session;
  Part part;
  gboolean fingerprint;
  gboolean version;
  guint n_candidates;
  char bundle[256];
} Parser;

static const struct
{
  const char *name;
  const char *codec;
} codecs[] = { { "opus/48000", "opus" }, { "VP8/90000", "VP8" }, { "H264/90000", "H264" } };

static WattleSdpSection *
section (Parser *self)
{
  return self->sdp->n_sections > 0 ? &self->sdp->sections[self->sdp->n_sections - 1] : NULL;
}

static Part *
part (Parser *self)
{
  return self->sdp->n_sections > 0 ? &self->part : &self->session;
}

/* Takes the next word of a text; FALSE at its end. The words are parted by one space each. */
static gboolean
next_word (const char **text, char *word, gsize size)
{
  gsize length = strcspn (*text, " ");

  if (length == 0 || length >= size)
    return FALSE;
  memcpy (word, *text, length);
  word[length] = '\0';
  *text += length;
  if (**text == ' ')
    (*text)++;
  return TRUE;
}

static gboolean
only (const char *text, const char *allowed, gsize least, gsize most)
{
  gsize length = strlen (text);

  return length >= least && length <= most && strspn (text, allowed) == length;
}

static gboolean
number (const char *text, guint64 most, guint64 *value)
{
  guint64 got = 0;

  if (!only (text, DIGITS, 1, 20) || !g_ascii_string_to_unsigned (text, 10, 0, most, &got, NULL))
    return FALSE;
  if (value != NULL)
    *value = got;
  return TRUE;
}

/* A payload number that the m-line has, and moves to what follows it. */
static gboolean
payload (Parser *self, const char **text, guint *value)
{
  char word[8] = "";
  guint64 got = 0;

  if (section (self) == NULL || !next_word (text, word, sizeof word) || !number (word, 127, &got)
      || !self->part.known[got])
    return FALSE;
  *value = (guint) got;
  return TRUE;
}

static gboolean
take_fingerprint (Parser *self, const char *value)
{
  guint8 bytes[32];

  if (g_ascii_strncasecmp (value, "sha-256 ", 8) != 0 || strlen (value) != 8 + 95)
    return FALSE;
  for (guint i = 0; i < 32; i++)
    {
      const char *at = value + 8 + 3 * i;
      int high = g_ascii_xdigit_value (at[0]);
      int low = g_ascii_xdigit_value (at[1]);

      if (high < 0 || low < 0 || (i < 31 && at[2] != ':'))
        return FALSE;
      bytes[i] = (guint8) (high << 4 | low);
    }
  if (self->fingerprint && memcmp (self->sdp->fingerprint, bytes, sizeof bytes) != 0)
    return FALSE;
  memcpy (self->sdp->fingerprint, bytes, sizeof bytes);
  self->fingerprint = TRUE;
  part (self)->fingerprint = TRUE;
  return TRUE;
}

static gboolean
take_ufrag (Parser *self, const char *value)
{
  part (self)->ufrag = TRUE;
  return only (value, ICE_CHARS, 4, 256);
}

static gboolean
take_password (Parser *self, const char *value)
{
  part (self)->password = TRUE;
  return only (value, ICE_CHARS, 22, 256);
}

static gboolean
take_setup (Parser *self, const char *value)
{
  return strcmp (value, "actpass") == 0 || strcmp (value, "active") == 0 || strcmp (value, "passive") == 0;
}

static gboolean
take_mid (Parser *self, const char *value)
{
  WattleSdpSection *current = section (self);

  if (current == NULL || current->mid[0] != '\0' || !only (value, LETTERS DIGITS "-_", 1, sizeof current->mid - 1))
    return FALSE;
  for (guint i = 0; i + 1 < self->sdp->n_sections; i++)
    if (strcmp (self->sdp->sections[i].mid, value) == 0)
      return FALSE;
  g_strlcpy (current->mid, value, sizeof current->mid);
  return TRUE;
}

static gboolean
take_group (Parser *self, const char *value)
{
  if (section (self) != NULL || !g_str_has_prefix (value, "BUNDLE ") || self->bundle[0] != '\0')
    return FALSE;
  return g_strlcpy (self->bundle, value + strlen ("BUNDLE "), sizeof self->bundle) < sizeof self->bundle;
}

static gboolean
take_rtpmap (Parser *self, const char *value)
{
  WattleSdpSection *current = section (self);
  guint got = 0;

  if (!payload (self, &value, &got) || !only (value, TOKEN_CHARS "/", 3, 64))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (codecs) && current->codec[0] == '\0'; i++)
    if (g_ascii_strncasecmp (value, codecs[i].name, strlen (codecs[i].name)) == 0
        && (current->media == WATTLE_SDP_AUDIO) == (i == 0))
      {
        g_strlcpy (current->codec, codecs[i].codec, sizeof current->codec);
        current->payload = got;
      }
  return TRUE;
}

static gboolean
take_format (Parser *self, const char *value)
{
  guint got = 0;

  return payload (self, &value, &got) && only (value, TOKEN_CHARS " =;,/:", 1, 512);
}

static gboolean
take_feedback (Parser *self, const char *value)
{
  guint got = 0;

  if (g_str_has_prefix (value, "* "))
    return section (self) != NULL && only (value + 2, TOKEN_CHARS " ", 1, 64);
  return payload (self, &value, &got) && only (value, TOKEN_CHARS " ", 1, 64);
}

static gboolean
take_extension (Parser *self, const char *value)
{
  char word[24] = "";
  guint64 id = 0;

  if (!next_word (&value, word, sizeof word))
    return FALSE;
  word[strcspn (word, "/")] = '\0';
  if (!number (word, 14, &id) || id == 0 || !only (value, TOKEN_CHARS "/: ", 1, 200))
    return FALSE;
  if (section (self) != NULL && strcmp (value, TWCC_URI) == 0)
    section (self)->twcc = (guint) id;
  return TRUE;
}

static gboolean
take_ssrc (Parser *self, const char *value)
{
  WattleSdpSection *current = section (self);
  char word[16] = "";
  guint64 ssrc = 0;

  if (current == NULL || !next_word (&value, word, sizeof word) || !number (word, G_MAXUINT32, &ssrc)
      || !only (value, TOKEN_CHARS "@:/= ", 1, 256))
    return FALSE;
  for (guint i = 0; i < current->n_ssrc; i++)
    if (current->ssrc[i] == ssrc)
      return TRUE;
  if (current->n_ssrc >= G_N_ELEMENTS (current->ssrc))
    return FALSE;
  current->ssrc[current->n_ssrc++] = (guint32) ssrc;
  return TRUE;
}

static gboolean
take_ssrc_group (Parser *self, const char *value)
{
  return section (self) != NULL && only (value, LETTERS DIGITS "- ", 1, 128);
}

static gboolean
take_candidate (Parser *self, const char *value)
{
  g_autofree char *whole = g_strconcat ("candidate:", value, NULL);
  WattleCandidate candidate;

  return section (self) != NULL && ++self->n_candidates <= MAX_CANDIDATES
         && wattle_candidate_parse (whole, strlen (whole), &candidate, NULL);
}

static gboolean
take_number (Parser *self, const char *value)
{
  return section (self) != NULL && number (value, G_MAXUINT32, NULL);
}

static gboolean
take_rtcp (Parser *self, const char *value)
{
  return section (self) != NULL && only (value, LETTERS DIGITS ".: ", 1, 80);
}

static gboolean
take_words (Parser *self, const char *value)
{
  return only (value, TOKEN_CHARS "*: ", 0, 256);
}

static gboolean
take_flag (Parser *self, const char *value)
{
  return *value == '\0';
}

static gboolean
take_mux (Parser *self, const char *value)
{
  part (self)->mux = TRUE;
  return *value == '\0';
}

static gboolean
take_bundle_only (Parser *self, const char *value)
{
  part (self)->bundle_only = TRUE;
  return *value == '\0';
}

static const struct
{
  const char *name;
  gboolean (*take) (Parser *self, const char *value);
} attributes[] = {
  { "bundle-only", take_bundle_only },
  { "candidate", take_candidate },
  { "end-of-candidates", take_flag },
  { "extmap", take_extension },
  { "extmap-allow-mixed", take_flag },
  { "fingerprint", take_fingerprint },
  { "fmtp", take_format },
  { "group", take_group },
  { "ice-options", take_words },
  { "ice-pwd", take_password },
  { "ice-ufrag", take_ufrag },
  { "inactive", take_flag },
  { "max-message-size", take_number },
  { "maxptime", take_number },
  { "mid", take_mid },
  { "msid", take_words },
  { "msid-semantic", take_words },
  { "ptime", take_number },
  { "recvonly", take_flag },
  { "rtcp", take_rtcp },
  { "rtcp-fb", take_feedback },
  { "rtcp-mux", take_mux },
  { "rtcp-mux-only", take_flag },
  { "rtcp-rsize", take_flag },
  { "rtpmap", take_rtpmap },
  { "sctp-port", take_number },
  { "sendonly", take_flag },
  { "sendrecv", take_flag },
  { "setup", take_setup },
  { "ssrc", take_ssrc },
  { "ssrc-group", take_ssrc_group },
};

/* Whether the section that ends here has what a section needs. */
static gboolean
end_section (Parser *self)
{
  WattleSdpSection *current = section (self);
  const Part *own = &self->part;

  if (current == NULL)
    return TRUE;
  return current->mid[0] != '\0' && (own->ufrag || self->session.ufrag) && (own->password || self->session.password)
         && (own->fingerprint || self->session.fingerprint) && (own->port || own->bundle_only)
         && (current->media == WATTLE_SDP_DATA || (own->mux && current->codec[0] != '\0'));
}

static gboolean
take_formats (Parser *self, const char *text)
{
  char word[32] = "";
  guint64 got = 0;

  for (guint n = 0; next_word (&text, word, sizeof word); n++)
    {
      if (n >= MAX_FORMATS || !number (word, 127, &got) || self->part.known[got])
        return FALSE;
      self->part.known[got] = TRUE;
    }
  return *text == '\0';
}

static gboolean
take_section (Parser *self, const char *value)
{
  static const char *const names[] = { "audio", "video", "application" };
  WattleSdpSection *made = NULL;
  char media[16] = "";
  char port[8] = "";
  char protocol[24] = "";
  guint64 at = 0;
  int which = -1;

  if (!end_section (self) || self->sdp->n_sections >= WATTLE_SDP_MAX_SECTIONS
      || !next_word (&value, media, sizeof media) || !next_word (&value, port, sizeof port)
      || !next_word (&value, protocol, sizeof protocol) || !number (port, 65535, &at) || *value == '\0')
    return FALSE;
  for (int i = 0; i < (int) G_N_ELEMENTS (names); i++)
    if (strcmp (media, names[i]) == 0)
      which = i;
  if (which < 0)
    return FALSE;
  made = &self->sdp->sections[self->sdp->n_sections++];
  made->media = (WattleSdpMedia) which;
  self->part = (Part){ .port = at > 0 };
  if (made->media == WATTLE_SDP_DATA)
    return strcmp (protocol, "UDP/DTLS/SCTP") == 0 && strcmp (value, "webrtc-datachannel") == 0;
  return strcmp (protocol, "UDP/TLS/RTP/SAVPF") == 0 && take_formats (self, value);
}

/* 1: known and good; 0: not known; -1: bad. */
static int
take_attribute (Parser *self, const char *text)
{
  gsize length = strcspn (text, ":");
  const char *value = text[length] == ':' ? text + length + 1 : "";

  for (gsize i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (strlen (attributes[i].name) == length && strncmp (attributes[i].name, text, length) == 0)
      return attributes[i].take (self, value) ? 1 : -1;
  return 0;
}

static int
take_line (Parser *self, const char *line)
{
  const char *value = line + 2;

  if (line[0] == '\0' || line[1] != '=')
    return -1;
  for (const char *at = line; *at != '\0'; at++)
    if (*at < 0x20 || *at > 0x7e)
      return -1;
  if (!self->version)
    {
      self->version = TRUE;
      return strcmp (line, "v=0") == 0 ? 1 : -1;
    }
  switch (line[0])
    {
    case 'a':
      return take_attribute (self, value);
    case 'm':
      return take_section (self, value) ? 1 : -1;
    case 'o':
    case 's':
    case 't':
      return section (self) == NULL && only (value, TOKEN_CHARS " :", 1, 200) ? 1 : -1;
    case 'c':
      return g_str_has_prefix (value, "IN IP") && only (value, LETTERS DIGITS ".: ", 9, 80) ? 1 : -1;
    case 'b':
      return 0;
    default:
      return -1;
    }
}

/* Every section stands in the one bundle, and nothing else does. */
static gboolean
check_bundle (Parser *self)
{
  const char *at = self->bundle;
  char word[40] = "";
  guint found = 0;

  while (next_word (&at, word, sizeof word))
    {
      gboolean known = FALSE;

      for (guint i = 0; i < self->sdp->n_sections; i++)
        known = known || strcmp (self->sdp->sections[i].mid, word) == 0;
      if (!known || ++found > self->sdp->n_sections)
        return FALSE;
    }
  return *at == '\0' && found == self->sdp->n_sections;
}

/**
 * wattle_sdp_clean:
 * @text: a description from another side
 * @length: its bytes
 * @sdp: (out caller-allocates): what it says
 * @error: (out) (optional): TOO_LARGE or INVALID
 *
 * Reads a description of one bundle of audio, video and data, each at most as often as there are sections, with ICE,
 * a SHA-256 fingerprint that is the same everywhere, and codecs of which we know one in each section.
 *
 * Returns: (transfer full): @text without the lines that we do not know, or %NULL
 */
char *
wattle_sdp_clean (const char *text, gsize length, WattleSdp *sdp, GError **error)
{
  g_autoptr (GString) clean = g_string_new (NULL);
  Parser self = { .sdp = sdp, .clean = clean };
  const char *end = text + length;
  guint lines = 0;

  memset (sdp, 0, sizeof *sdp);
  if (length > WATTLE_SDP_MAX_BYTES)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "sdp",
                              _("The other side's description of the call is too long; it was not used."));
      return NULL;
    }
  while (text < end)
    {
      const char *stop = memchr (text, '\n', (gsize) (end - text));
      gsize bytes = (gsize) ((stop != NULL ? stop : end) - text);
      char line[MAX_LINE + 1];
      int known = -1;

      if (bytes > 0 && bytes <= MAX_LINE && ++lines <= WATTLE_SDP_MAX_LINES && memchr (text, '\0', bytes) == NULL)
        {
          memcpy (line, text, bytes);
          line[bytes - (text[bytes - 1] == '\r' ? 1 : 0)] = '\0';
          known = take_line (&self, line);
        }
      if (known < 0)
        {
          wattle_set_field_error (error, WATTLE_ERROR_INVALID, "sdp",
                                  _("Line %u of the other side's description of the call is not one we understand; "
                                     "it was not used."),
                                  lines);
          return NULL;
        }
      if (known > 0)
        g_string_append_printf (clean, "%s\r\n", line);
      text += bytes + 1;
    }
  if (!self.version || sdp->n_sections == 0 || !end_section (&self) || !check_bundle (&self))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "sdp",
                              _("The other side's description of the call is not complete; it was not used."));
      return NULL;
    }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/**
 * wattle_sdp_parse:
 * @text: a description from another side
 * @length: its bytes
 * @sdp: (out caller-allocates): what it says
 * @error: (out) (optional): see wattle_sdp_clean()
 *
 * Returns: whether wattle_sdp_clean() would take it
 */
gboolean
wattle_sdp_parse (const char *text, gsize length, WattleSdp *sdp, GError **error)
{
  g_autofree char *clean = wattle_sdp_clean (text, length, sdp, error);

  return clean != NULL;
}

static gboolean
link_local (const char *address)
{
  return g_str_has_prefix (address, "169.254.") || g_ascii_strncasecmp (address, "fe80:", 5) == 0
         || g_str_has_prefix (address, "127.") || strcmp (address, "::1") == 0;
}

static gboolean
read_candidate (const char *text, WattleCandidate *candidate)
{
  static const char *const kinds[] = { "host", "srflx", "prflx", "relay" };
  static const WattleCandidateKind meanings[] = { WATTLE_CANDIDATE_HOST, WATTLE_CANDIDATE_REFLEXIVE,
                                                  WATTLE_CANDIDATE_REFLEXIVE, WATTLE_CANDIDATE_RELAY };
  char word[7][72] = { "" };
  char kind[8] = "";
  char name[40] = "";
  char value[264] = "";
  int which = -1;

  for (guint i = 0; i < 7; i++)
    if (!next_word (&text, word[i], sizeof word[i]))
      return FALSE;
  if (!next_word (&text, kind, sizeof kind))
    return FALSE;
  for (int i = 0; i < (int) G_N_ELEMENTS (kinds); i++)
    if (strcmp (kind, kinds[i]) == 0)
      which = i;
  candidate->tcp = g_ascii_strcasecmp (word[2], "tcp") == 0;
  if (which < 0 || !only (word[0], ICE_CHARS, 1, 32) || !number (word[1], 2, NULL)
      || (!candidate->tcp && g_ascii_strcasecmp (word[2], "udp") != 0) || !number (word[3], G_MAXUINT32, NULL)
      || !only (word[4], LETTERS DIGITS ".:-", 2, 64) || !number (word[5], 65535, NULL) || strcmp (word[6], "typ") != 0)
    return FALSE;
  if (strpbrk (word[4], "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ-") != NULL && !g_str_has_suffix (word[4], ".local"))
    return FALSE;
  while (*text != '\0')
    if (!next_word (&text, name, sizeof name) || !only (name, LETTERS "-", 1, 32)
        || !next_word (&text, value, sizeof value) || !only (value, ICE_CHARS ".:-_", 1, 256))
      return FALSE;
  candidate->kind = meanings[which];
  g_strlcpy (candidate->address, word[4], sizeof candidate->address);
  candidate->link_local = link_local (word[4]);
  return TRUE;
}

/**
 * wattle_candidate_parse:
 * @text: a candidate, "candidate:..." with or without "a=" before it
 * @length: its bytes
 * @candidate: (out caller-allocates): what it says
 * @error: (out) (optional): TOO_LARGE or INVALID
 *
 * A name instead of an address must end in ".local" (which hides addresses on one network); nothing else is looked up.
 *
 * Returns: whether it is one
 */
gboolean
wattle_candidate_parse (const char *text, gsize length, WattleCandidate *candidate, GError **error)
{
  char line[WATTLE_SDP_MAX_CANDIDATE + 1];
  const char *at = line;

  memset (candidate, 0, sizeof *candidate);
  if (length > WATTLE_SDP_MAX_CANDIDATE)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "candidate",
                              _("The other side named an address that is too long; it was not used."));
      return FALSE;
    }
  memcpy (line, text, length);
  line[length] = '\0';
  if (g_str_has_prefix (at, "a="))
    at += 2;
  if (strlen (line) == length && g_str_has_prefix (at, "candidate:")
      && read_candidate (at + strlen ("candidate:"), candidate))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "candidate",
                          _("The other side named an address in a form that we do not understand; it was not used."));
  return FALSE;
}

/**
 * wattle_sdp_set_fingerprint:
 * @text: a description of ours
 * @fingerprint: (array fixed-size=32): SHA-256 of the certificate that we hold
 *
 * Returns: (transfer full): @text with this fingerprint wherever it has one
 */
char *
wattle_sdp_set_fingerprint (const char *text, const guint8 *fingerprint)
{
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  g_autoptr (GString) value = g_string_new ("a=fingerprint:sha-256 ");

  for (guint i = 0; i < 32; i++)
    g_string_append_printf (value, i < 31 ? "%02X:" : "%02X", fingerprint[i]);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "a=fingerprint:"))
      {
        g_free (*line);
        *line = g_strdup (value->str);
      }
  return g_strjoinv ("\r\n", lines);
}
