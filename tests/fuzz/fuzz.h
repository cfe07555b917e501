/* fuzz.h: what every fuzz target has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdint.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The input as a text that ends; bytes behind a NUL are not seen. */
#define FUZZ_TEXT(data, size) g_autofree char *text = g_strndup ((const char *) (data), (size))
