/* captions.c: what writes down what is said in a call, whatever it is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/captions.h"

static GType provider = G_TYPE_INVALID;

G_DEFINE_INTERFACE (WattleCaptions, wattle_captions, G_TYPE_OBJECT)

static void
wattle_captions_default_init (WattleCaptionsInterface *iface)
{
  g_signal_new ("caption", WATTLE_TYPE_CAPTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                G_TYPE_STRING);
}

void
wattle_captions_hear (WattleCaptions *self, const char *speaker, GBytes *sound)
{
  WATTLE_CAPTIONS_GET_IFACE (self)->hear (self, speaker, sound);
}

void
wattle_captions_stop (WattleCaptions *self)
{
  WATTLE_CAPTIONS_GET_IFACE (self)->stop (self);
}

/* What calls get from now on; %G_TYPE_INVALID for nothing. */
void
wattle_captions_set_provider (GType type)
{
  provider = type;
}

/**
 * wattle_captions_new:
 *
 * Returns: (transfer full) (nullable): captions of one call; %NULL when nothing here can write down what is said
 */
WattleCaptions *
wattle_captions_new (void)
{
  return provider != G_TYPE_INVALID ? g_object_new (provider, NULL) : NULL;
}
