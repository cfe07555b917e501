/* identifier.c: the numbers Australian health care knows people, practices and places by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "schema/identifier.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* No message repeats what was typed: messages reach logs, and a card number must not. */
static WattleIdentifierVerdict
judge (WattleIdentifierVerdict verdict, char **message, const char *sentence)
{
  *message = g_strdup (sentence);
  return verdict;
}

static WattleIdentifierVerdict
refuse (char **message, const char *sentence)
{
  return judge (WATTLE_IDENTIFIER_ERROR, message, sentence);
}

static WattleIdentifierVerdict
warn (char **message, const char *sentence)
{
  return judge (WATTLE_IDENTIFIER_WARNING, message, sentence);
}

static gboolean
is_separator (gunichar c)
{
  return g_unichar_isspace (c) || (c < 128 && strchr ("-/.()", (int) c) != NULL) || (c >= 0x2010 && c <= 0x2015);
}

/* Drops spaces, hyphens, slashes, dots and brackets, and makes letters upper case. */
static char *
normalise_code (const char *text)
{
  GString *code = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (!is_separator (g_utf8_get_char (p)))
      g_string_append_unichar (code, g_unichar_toupper (g_utf8_get_char (p)));
  return g_string_free (code, FALSE);
}

static gsize
count_digits (const char *text)
{
  return strspn (text, "0123456789");
}

static gboolean
is_digits (const char *text, gsize length)
{
  return count_digits (text) == length && text[length] == '\0';
}

static guint
digit (char c)
{
  return (guint) (c - '0');
}

static guint
weighted_sum (const char *digits, const guint8 *weights, gsize n)
{
  guint sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += digit (digits[i]) * weights[i];
  return sum;
}

/* Services Australia: digit 9 is the weighted sum of the first eight, modulo 10; digit 10 counts the
 * issues of the card; an eleventh digit is the person's line on the card and is in no sum. */
static WattleIdentifierVerdict
check_medicare_number (const WattleIdentifierKind *kind, const char *text, char **message)
{
  static const guint8 weights[] = { 1, 3, 7, 9, 1, 3, 7, 9 };

  if (!is_digits (text, 10) && !is_digits (text, 11))
    return refuse (message, _("A Medicare number has 10 digits, or 11 with the person’s number in front of the name."));
  if (text[0] < '2' || text[0] > '6')
    return refuse (message, _("A Medicare number starts with a digit from 2 to 6."));
  if (weighted_sum (text, weights, G_N_ELEMENTS (weights)) % 10 != digit (text[8]))
    return refuse (message, _("This is not a Medicare number: its check digit, the ninth, does not fit the eight before"
                              " it. Compare it with the card."));
  if (text[9] == '0')
    return refuse (message, _("The tenth digit of a Medicare number is the issue of the card and is never 0."));
  if (text[10] == '0')
    return refuse (message, _("The person’s number on a Medicare card, the eleventh digit, is from 1 to 9."));
  return WATTLE_IDENTIFIER_OK;
}

static gboolean
passes_luhn (const char *digits, gsize n)
{
  guint sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint value = digit (digits[i]) * ((n - i) % 2 == 0 ? 2 : 1);

      sum += value > 9 ? value - 9 : value;
    }
  return sum % 10 == 0;
}

static WattleIdentifierVerdict
check_healthcare_identifier (const char *text, const char *prefix, const char *wrong_prefix, char **message)
{
  if (!is_digits (text, 16))
    return refuse (message, _("A healthcare identifier has 16 digits and nothing else."));
  if (!g_str_has_prefix (text, prefix))
    return refuse (message, wrong_prefix);
  if (!passes_luhn (text, 16))
    return refuse (message, _("This is not a healthcare identifier: its last digit, the check digit, does not fit the"
                              " others. Compare it with the letter or screen it came from."));
  return WATTLE_IDENTIFIER_OK;
}

static WattleIdentifierVerdict
check_ihi (const WattleIdentifierKind *kind, const char *text, char **message)
{
  return check_healthcare_identifier (text, "800360", _("A patient’s healthcare identifier (IHI) starts with 8003 60."),
                                      message);
}

static WattleIdentifierVerdict
check_hpi_i (const WattleIdentifierKind *kind, const char *text, char **message)
{
  return check_healthcare_identifier (text, "800361", _("A practitioner’s identifier (HPI-I) starts with 8003 61."),
                                      message);
}

static WattleIdentifierVerdict
check_hpi_o (const WattleIdentifierKind *kind, const char *text, char **message)
{
  return check_healthcare_identifier (text, "800362", _("An organisation’s identifier (HPI-O) starts with 8003 62."),
                                      message);
}

/* AU Base inv-ahpra-0. There is no public check digit, and the list of professions may grow: only warn. */
static WattleIdentifierVerdict
check_ahpra (const WattleIdentifierKind *kind, const char *text, char **message)
{
  static const char *const professions[] = { "ATS", "CHI", "CMR", "DEN", "MED", "MRP", "NMW", "OCC", "OPT",
                                             "OST", "PAR", "PHA", "PHY", "POD", "PSY", NULL };
  g_autofree char *prefix = g_strndup (text, 3);

  if (strspn (prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3 || !is_digits (text + 3, 10))
    return refuse (message, _("An Ahpra registration number is three letters and ten digits, such as PSY0001234567."));
  if (!g_strv_contains (professions, prefix))
    return warn (message, _("The first three letters of this registration number are not a profession Ahpra registers."
                            " Check it on the register of practitioners."));
  return WATTLE_IDENTIFIER_OK;
}

/* A stem that lost its leading zero gets it back. */
static char *
normalise_provider_number (const char *text)
{
  g_autofree char *code = normalise_code (text);

  if (strlen (code) == 7)
    return g_strconcat ("0", code, NULL);
  return g_steal_pointer (&code);
}

/* Services Australia: stem of six digits, a character for the practice location and a check character. Numbers
 * with a wrong check character are known to have been issued, so that is a warning. */
static WattleIdentifierVerdict
check_provider_number (const WattleIdentifierKind *kind, const char *text, char **message)
{
  static const char locations[] = "0123456789ABCDEFGHJKLMNPQRTUVWXY";
  static const char checks[] = "YXWTLKJHFBA";
  static const guint8 weights[] = { 3, 5, 8, 4, 2, 1 };
  const char *location;
  guint sum;

  if (strlen (text) != 8 || count_digits (text) < 6)
    return refuse (message, _("A Medicare provider number is six digits, one character for the location and a check"
                              " letter, such as 2426621B."));
  location = strchr (locations, text[6]);
  if (location == NULL)
    return refuse (message, _("The location character of a provider number, the seventh, is a digit or a letter other"
                              " than I, O, S and Z."));
  sum = weighted_sum (text, weights, G_N_ELEMENTS (weights)) + 6 * (guint) (location - locations);
  if (text[7] != checks[sum % 11])
    return warn (message,
                 _("The check letter of this provider number, its last character, does not fit. Compare it with"
                    " the letter from Services Australia before you keep it."));
  if (text[6] == '0')
    return warn (message, _("Location 0 is not usual in a provider number. Compare it with the letter from Services"
                            " Australia before you keep it."));
  return WATTLE_IDENTIFIER_OK;
}

/* The rule for a leading zero has a single unofficial source, so it never refuses. */
static WattleIdentifierVerdict
check_prescriber_number (const WattleIdentifierKind *kind, const char *text, char **message)
{
  static const guint8 plain[] = { 1, 3, 7, 9, 1, 3 };
  static const guint8 zero[] = { 0, 5, 8, 4, 2, 1 };

  if (!is_digits (text, 7))
    return refuse (message, _("A PBS prescriber number has seven digits."));
  if (text[0] == '0' && weighted_sum (text, zero, 6) % 11 != digit (text[6]))
    return warn (message, _("The check digit of this prescriber number, its last, does not seem to fit. Compare it with"
                            " the letter from Services Australia before you keep it."));
  if (text[0] != '0' && weighted_sum (text, plain, 6) % 10 != digit (text[6]))
    return refuse (message, _("This is not a prescriber number: its check digit, the last, does not fit the six before"
                              " it."));
  return WATTLE_IDENTIFIER_OK;
}

/* State letter, war code, digits, and a letter for a dependant. War code and digits fill seven places on a present
 * card; old cards have fewer digits or no war code, and those are real. */
static WattleIdentifierVerdict
check_dva_number (const WattleIdentifierKind *kind, const char *text, char **message)
{
  gsize code, digits, rest;

  if (text[0] == '\0' || strchr ("NVQWST", text[0]) == NULL)
    return refuse (message, _("A DVA file number starts with a letter for the state: N (also ACT), V, Q, W, S (also NT)"
                              " or T."));
  code = strspn (text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  digits = count_digits (text + 1 + code);
  rest = strlen (text) - 1 - code - digits;
  if (code > 3 || digits == 0 || code + digits > 7 || rest > 1
      || (rest == 1 && !g_ascii_isupper (text[1 + code + digits])))
    return refuse (message,
                   _("A DVA file number is a letter for the state, up to three letters of war code, four to six"
                      " digits and perhaps one last letter, such as QX144963."));
  if (code == 0 || code + digits < 7)
    return warn (message, _("This DVA file number is not of the form on present cards. Compare it with the card"
                            " before you keep it."));
  return WATTLE_IDENTIFIER_OK;
}

/* Australian Business Register: subtract 1 from the first digit; the weighted sum is a multiple of 89. */
static WattleIdentifierVerdict
check_abn (const WattleIdentifierKind *kind, const char *text, char **message)
{
  static const guint8 weights[] = { 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 };

  if (!is_digits (text, 11))
    return refuse (message, _("An ABN has 11 digits, such as 51 824 753 556."));
  if (text[0] == '0' || (weighted_sum (text, weights, 11) - weights[0]) % 89 != 0)
    return refuse (message, _("This is not an ABN: its two check digits do not fit the others. Look it up in the"
                              " Australian Business Register."));
  return WATTLE_IDENTIFIER_OK;
}

static WattleIdentifierVerdict
check_acn (const WattleIdentifierKind *kind, const char *text, char **message)
{
  static const guint8 weights[] = { 8, 7, 6, 5, 4, 3, 2, 1 };

  if (!is_digits (text, 9))
    return refuse (message, _("An ACN has nine digits, such as 004 085 616."));
  if ((weighted_sum (text, weights, 8) + digit (text[8])) % 10 != 0)
    return refuse (message, _("This is not an ACN: its check digit, the last, does not fit the eight before it."));
  return WATTLE_IDENTIFIER_OK;
}

/* The check of the letter is not published. */
static WattleIdentifierVerdict
check_centrelink_crn (const WattleIdentifierKind *kind, const char *text, char **message)
{
  if (count_digits (text) != 9 || !g_ascii_isupper (text[9]) || text[10] != '\0')
    return refuse (message, _("A Centrelink reference number is nine digits and a letter, such as 307 111 942H."));
  return WATTLE_IDENTIFIER_OK;
}

/* To E.164. A number without a country is Australian; 0011 is the Australian prefix for other countries, and
 * the (0) in +61 (0)4… is not dialled. */
static char *
normalise_phone (const char *text)
{
  g_autofree char *code = normalise_code (text);

  if (g_str_has_prefix (code, "+610"))
    return g_strconcat ("+61", code + 4, NULL);
  if (code[0] == '+')
    return g_steal_pointer (&code);
  if (g_str_has_prefix (code, "0011"))
    return g_strconcat ("+", code + 4, NULL);
  if (g_str_has_prefix (code, "61") && strlen (code) == 11)
    return g_strconcat ("+", code, NULL);
  return g_strconcat ("+61", code[0] == '0' ? code + 1 : code, NULL);
}

typedef struct
{
  const char *prefix; /* after +61 */
  gsize digits;       /* after +61, the prefix included */
  const char *pattern;
} PhoneRange;

/* ACMA numbering plan. Longer prefixes come first; a prefix may stand with more than one length. */
static const PhoneRange phone_ranges[] = {
  { "1300", 10, "#### ### ###" }, { "1800", 10, "#### ### ###" }, { "190", 10, "#### ### ###" },
  { "180", 7, "### ####" },       { "13", 6, "## ## ##" },        { "4", 9, "0### ### ###" },
  { "2", 9, "0# #### ####" },     { "3", 9, "0# #### ####" },     { "7", 9, "0# #### ####" },
  { "8", 9, "0# #### ####" },
};

static const PhoneRange *
find_phone_range (const char *national)
{
  for (gsize i = 0; i < G_N_ELEMENTS (phone_ranges); i++)
    if (g_str_has_prefix (national, phone_ranges[i].prefix) && strlen (national) == phone_ranges[i].digits)
      return &phone_ranges[i];
  return NULL;
}

static WattleIdentifierVerdict
check_phone (const WattleIdentifierKind *kind, const char *text, char **message)
{
  gsize length = strlen (text);

  if (text[0] != '+' || !is_digits (text + 1, length - 1))
    return refuse (message, _("A phone number holds digits, spaces, brackets and a leading + only; keep an extension in"
                              " the notes."));
  if (length < 8 || length > 16 || text[1] == '0')
    return refuse (message, _("A phone number has 7 to 15 digits with its country code, such as 0412 345 678 or +64 21"
                              " 123 456."));
  if (g_str_has_prefix (text, "+61") && find_phone_range (text + 3) == NULL)
    return refuse (message,
                   _("An Australian phone number is a mobile of ten digits (04…), ten digits with the area code"
                      " (02, 03, 07 or 08), or a 13, 1300, 1800 or 190 number."));
  return WATTLE_IDENTIFIER_OK;
}

typedef struct
{
  guint first;
  guint last;
  const char *state;
} PostcodeRange;

/* Ranges of the states, post-office boxes included; the gaps are not allocated. */
static const PostcodeRange postcode_ranges[] = {
  { 200, 299, "ACT" },   { 800, 999, "NT" },    { 1000, 2599, "NSW" }, { 2600, 2618, "ACT" }, { 2619, 2899, "NSW" },
  { 2900, 2920, "ACT" }, { 2921, 2999, "NSW" }, { 3000, 3999, "VIC" }, { 4000, 4999, "QLD" }, { 5000, 5999, "SA" },
  { 6000, 6999, "WA" },  { 7000, 7999, "TAS" }, { 8000, 8999, "VIC" }, { 9000, 9999, "QLD" },
};

/* Postcodes that reach over a border: the states besides the one of the range. */
static const struct
{
  const char *postcode;
  const char *states;
} border_postcodes[] = {
  { "0872", "SA WA" }, { "2540", "ACT" }, { "2611", "NSW" }, { "2618", "NSW" }, { "2619", "ACT" }, { "2620", "ACT" },
  { "3644", "NSW" },   { "3707", "NSW" }, { "4375", "NSW" }, { "4380", "NSW" }, { "4383", "NSW" },
};

/**
 * wattle_postcode_state:
 * @postcode: (nullable): four digits
 *
 * Returns: (nullable): the state or territory most of @postcode lies in, such as "NSW";
 *   %NULL when it is not four digits or not allocated to any
 */
const char *
wattle_postcode_state (const char *postcode)
{
  guint number;

  if (postcode == NULL || !is_digits (postcode, 4))
    return NULL;
  number = (guint) g_ascii_strtoull (postcode, NULL, 10);
  for (gsize i = 0; i < G_N_ELEMENTS (postcode_ranges); i++)
    if (number >= postcode_ranges[i].first && number <= postcode_ranges[i].last)
      return postcode_ranges[i].state;
  return NULL;
}

/**
 * wattle_postcode_check_state:
 * @postcode: (nullable): four digits
 * @state: (nullable): a state, such as "NSW", in any case
 * @message: (out) (optional) (nullable): a sentence for the person, when not OK
 *
 * Postcodes follow the mail, not the border, so a mismatch is never an error.
 *
 * Returns: OK when they fit, or one of them is unknown; else a warning
 */
WattleIdentifierVerdict
wattle_postcode_check_state (const char *postcode, const char *state, char **message)
{
  const char *expected = wattle_postcode_state (postcode);

  if (message != NULL)
    *message = NULL;
  if (expected == NULL || state == NULL || *state == '\0' || g_ascii_strcasecmp (expected, state) == 0)
    return WATTLE_IDENTIFIER_OK;
  for (gsize i = 0; i < G_N_ELEMENTS (border_postcodes); i++)
    {
      g_auto (GStrv) others = g_strsplit (border_postcodes[i].states, " ", -1);
      g_autofree char *upper = g_ascii_strup (state, -1);

      if (strcmp (border_postcodes[i].postcode, postcode) == 0 && g_strv_contains ((const char *const *) others, upper))
        return WATTLE_IDENTIFIER_OK;
    }
  if (message != NULL)
    *message = g_strdup_printf (_("This postcode belongs to %s. Check the state."), expected);
  return WATTLE_IDENTIFIER_WARNING;
}

static WattleIdentifierVerdict
check_postcode (const WattleIdentifierKind *kind, const char *text, char **message)
{
  if (!is_digits (text, 4))
    return refuse (message, _("A postcode has four digits; those of the Northern Territory start with 0."));
  if (wattle_postcode_state (text) == NULL)
    return warn (message, _("This postcode is not given to any state or territory. Check it."));
  return WATTLE_IDENTIFIER_OK;
}

static WattleIdentifierVerdict
check_bsb (const WattleIdentifierKind *kind, const char *text, char **message)
{
  if (!is_digits (text, 6))
    return refuse (message, _("A BSB has six digits, such as 062-000."));
  if (text[2] < '2' || text[2] > '7')
    return warn (message, _("The third digit of a BSB stands for the state and is usually from 2 to 7. Check it."));
  return WATTLE_IDENTIFIER_OK;
}

/* The part before the @ may tell upper case from lower; the domain never does. */
static char *
normalise_email (const char *text)
{
  g_autofree char *email = g_strstrip (g_strdup (text));
  char *at = strrchr (email, '@');

  for (char *p = at; p != NULL && *p != '\0'; p++)
    *p = g_ascii_tolower (*p);
  return g_steal_pointer (&email);
}

static gboolean
is_domain (const char *domain)
{
  g_auto (GStrv) labels = g_strsplit (domain, ".", -1);
  guint n = g_strv_length (labels);

  for (guint i = 0; i < n; i++)
    {
      gsize length = strlen (labels[i]);

      if (length == 0 || length > 63 || labels[i][0] == '-' || labels[i][length - 1] == '-'
          || strspn (labels[i], "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return FALSE;
    }
  return n >= 2 && strlen (domain) <= 253;
}

/* RFC 5321 sizes, and the unquoted local part every mail service hands out. */
static WattleIdentifierVerdict
check_email (const WattleIdentifierKind *kind, const char *text, char **message)
{
  const char *at = strrchr (text, '@');

  if (at == NULL || at == text || at - text > 64 || !is_domain (at + 1))
    return refuse (message, _("An e-mail address is a name, an @ and a domain, such as mai.tran@example.com."));
  if (text[0] == '.' || at[-1] == '.' || strstr (text, "..") != NULL)
    return refuse (message, _("An e-mail address has no dot at the start or end of its name, and no two in a row."));
  for (const char *p = text; p < at; p = g_utf8_next_char (p))
    if (strchr ("\"(),:;<>@[\\]", *p) != NULL || !g_unichar_isgraph (g_utf8_get_char (p)))
      return refuse (message, _("An e-mail address has no spaces, commas, quotes or brackets; keep one address in one"
                                " field."));
  return WATTLE_IDENTIFIER_OK;
}

#define HEALTH_NAMESPACE "http://ns.electronichealth.net.au/id/"

static const WattleIdentifierKind kinds[] = {
  { "medicare_number", N_("Medicare number"), HEALTH_NAMESPACE "medicare-number", 64, "#### ##### # / #",
    normalise_code, check_medicare_number },
  { "ihi", N_("Individual healthcare identifier (IHI)"), HEALTH_NAMESPACE "hi/ihi/1.0", 64, "#### #### #### ####",
    normalise_code, check_ihi },
  { "hpi_i", N_("Healthcare provider identifier (HPI-I)"), HEALTH_NAMESPACE "hi/hpii/1.0", 64, "#### #### #### ####",
    normalise_code, check_hpi_i },
  { "hpi_o", N_("Healthcare organisation identifier (HPI-O)"), HEALTH_NAMESPACE "hi/hpio/1.0", 64,
    "#### #### #### ####", normalise_code, check_hpi_o },
  { "ahpra", N_("Ahpra registration number"), "http://hl7.org.au/id/ahpra-registration-number", 64, NULL,
    normalise_code, check_ahpra },
  { "medicare_provider_number", N_("Medicare provider number"), HEALTH_NAMESPACE "medicare-provider-number", 64, NULL,
    normalise_provider_number, check_provider_number },
  { "prescriber_number", N_("PBS prescriber number"), HEALTH_NAMESPACE "medicare-prescriber-number", 64, NULL,
    normalise_code, check_prescriber_number },
  { "dva_number", N_("DVA file number"), HEALTH_NAMESPACE "dva", 64, NULL, normalise_code, check_dva_number },
  { "abn", N_("ABN"), "http://hl7.org.au/id/abn", 64, "## ### ### ###", normalise_code, check_abn },
  { "acn", N_("ACN"), "http://hl7.org.au/id/acn", 64, "### ### ###", normalise_code, check_acn },
  { "centrelink_crn", N_("Centrelink reference number"),
    HEALTH_NAMESPACE "centrelink-customer-reference-number", 64, "### ### ####", normalise_code,
    check_centrelink_crn },
  { "phone", N_("Phone number"), NULL, 64, NULL, normalise_phone, check_phone },
  { "postcode", N_("Postcode"), NULL, 64, NULL, normalise_code, check_postcode },
  { "bsb", N_("BSB"), NULL, 64, "###-###", normalise_code, check_bsb },
  { "email", N_("E-mail address"), NULL, 254, NULL, normalise_email, check_email },
};

/**
 * wattle_identifier_kinds:
 * @n_kinds: (out): how many there are
 *
 * Returns: (array length=n_kinds) (transfer none): every kind
 */
const WattleIdentifierKind *
wattle_identifier_kinds (guint *n_kinds)
{
  *n_kinds = G_N_ELEMENTS (kinds);
  return kinds;
}

/**
 * wattle_identifier_find:
 * @nick: (nullable): a kind, such as "medicare_number"
 *
 * Returns: (nullable) (transfer none): the kind, or %NULL for a nick that is none
 */
const WattleIdentifierKind *
wattle_identifier_find (const char *nick)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].nick, nick) == 0)
      return &kinds[i];
  return NULL;
}

/**
 * wattle_identifier_find_by_system:
 * @fhir_system: (nullable): the system of a FHIR Identifier
 *
 * Returns: (nullable) (transfer none): the kind whose system that is
 */
const WattleIdentifierKind *
wattle_identifier_find_by_system (const char *fhir_system)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (fhir_system != NULL && g_strcmp0 (kinds[i].fhir_system, fhir_system) == 0)
      return &kinds[i];
  return NULL;
}

/**
 * wattle_identifier_label:
 * @kind: a kind
 *
 * Returns: (transfer none): its label in the language of the screen
 */
const char *
wattle_identifier_label (const WattleIdentifierKind *kind)
{
  return _(kind->label);
}

/**
 * wattle_identifier_check:
 * @kind: a kind
 * @text: what was typed or received, with any spaces and hyphens
 * @normalised: (out) (optional) (nullable): the form to store; %NULL when the verdict is an error
 * @message: (out) (optional) (nullable): what is wrong and what was expected, a translated
 *   sentence that does not repeat @text; %NULL when the verdict is OK
 *
 * Whether a number is well formed, not whether it was ever given to anybody.
 *
 * Returns: the verdict
 */
WattleIdentifierVerdict
wattle_identifier_check (const WattleIdentifierKind *kind, const char *text, char **normalised, char **message)
{
  g_autofree char *stored = NULL;
  g_autofree char *sentence = NULL;
  WattleIdentifierVerdict verdict;

  g_return_val_if_fail (kind != NULL && text != NULL, WATTLE_IDENTIFIER_ERROR);

  if (strnlen (text, kind->max_bytes + 1) > kind->max_bytes)
    verdict = refuse (&sentence, _("This is too long."));
  else if (!g_utf8_validate (text, -1, NULL))
    verdict = refuse (&sentence, _("This is not readable text."));
  else
    {
      stored = kind->normalise (text);
      verdict = kind->check (kind, stored, &sentence);
    }
  if (normalised != NULL)
    *normalised = verdict == WATTLE_IDENTIFIER_ERROR ? NULL : g_steal_pointer (&stored);
  if (message != NULL)
    *message = g_steal_pointer (&sentence);
  return verdict;
}

static char *
fill_pattern (const char *pattern, const char *text)
{
  GString *shown = g_string_new (NULL);

  for (const char *p = pattern; *p != '\0' && *text != '\0'; p++)
    g_string_append_c (shown, *p == '#' ? *text++ : *p);
  return g_string_free (shown, FALSE);
}

/**
 * wattle_identifier_format:
 * @kind: a kind
 * @normalised: the stored form
 *
 * Returns: (transfer full): how it is written in Australia, for the screen and for paper;
 *   a stored form that does not fit comes back as it is
 */
char *
wattle_identifier_format (const WattleIdentifierKind *kind, const char *normalised)
{
  const char *pattern = kind->pattern;
  const char *text = normalised;
  g_autofree char *message = NULL;

  if (kind->check (kind, normalised, &message) == WATTLE_IDENTIFIER_ERROR)
    return g_strdup (normalised);
  if (kind->check == check_phone && g_str_has_prefix (normalised, "+61"))
    {
      text = normalised + 3;
      pattern = find_phone_range (text)->pattern;
    }
  return pattern == NULL ? g_strdup (normalised) : fill_pattern (pattern, text);
}
