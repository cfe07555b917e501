/* call-devices.c: rows to choose a camera, a microphone or a speaker from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-devices.h"

#include <glib/gi18n-lib.h>

#define KIND "wattle-kind"
#define IDS "wattle-ids"

static gboolean
is_kind (const WattleCallDevice *device, const char *kind)
{
  return g_str_equal (device->kind, kind);
}

/**
 * wattle_call_devices_fill:
 * @row: where one chooses
 * @session: whose devices
 * @kind: "camera", "microphone" or "speaker"
 *
 * Returns: how many there are
 */
guint
wattle_call_devices_fill (AdwComboRow *row, WattleCallSession *session, const char *kind)
{
  GPtrArray *devices = wattle_call_engine_list_devices (wattle_call_session_engine (session));
  const char *chosen = wattle_call_session_device (session, kind);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  guint selected = 0;
  guint n;

  gtk_string_list_append (names, _("The system’s choice"));
  g_ptr_array_add (ids, g_strdup (""));
  for (guint i = 0; i < devices->len; i++)
    {
      const WattleCallDevice *device = g_ptr_array_index (devices, i);

      if (!is_kind (device, kind))
        continue;
      gtk_string_list_append (names, device->name);
      g_ptr_array_add (ids, g_strdup (device->id));
      if (g_strcmp0 (device->id, chosen) == 0)
        selected = ids->len - 1;
    }
  n = ids->len - 1;
  g_object_set_data_full (G_OBJECT (row), KIND, g_strdup (kind), g_free);
  g_object_set_data_full (G_OBJECT (row), IDS, g_steal_pointer (&ids), (GDestroyNotify) g_ptr_array_unref);
  adw_combo_row_set_model (row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (row, selected);
  return n;
}

/* Uses what @row says. */
void
wattle_call_devices_pick (AdwComboRow *row, WattleCallSession *session)
{
  GPtrArray *ids = g_object_get_data (G_OBJECT (row), IDS);
  guint selected = adw_combo_row_get_selected (row);

  if (ids != NULL && selected < ids->len)
    wattle_call_session_use_device (session, g_object_get_data (G_OBJECT (row), KIND),
                                    g_ptr_array_index (ids, selected));
}

/**
 * wattle_call_devices_menu:
 * @session: whose devices
 *
 * Returns: (transfer full): a menu of the action "call.device", a section for each kind
 */
GMenu *
wattle_call_devices_menu (WattleCallSession *session)
{
  static const struct
  {
    const char *kind;
    const char *label;
  } kinds[] = { { "camera", N_("Camera") }, { "microphone", N_("Microphone") }, { "speaker", N_("Speaker") } };
  GPtrArray *devices = wattle_call_engine_list_devices (wattle_call_session_engine (session));
  GMenu *menu = g_menu_new ();

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autoptr (GMenu) section = g_menu_new ();

      for (guint i = 0; i < devices->len; i++)
        {
          const WattleCallDevice *device = g_ptr_array_index (devices, i);
          g_autoptr (GMenuItem) item = g_menu_item_new (device->name, NULL);

          if (!is_kind (device, kinds[k].kind))
            continue;
          g_menu_item_set_action_and_target (item, "call.device", "(ss)", device->kind, device->id);
          g_menu_append_item (section, item);
        }
      if (g_menu_model_get_n_items (G_MENU_MODEL (section)) > 0)
        g_menu_append_section (menu, _(kinds[k].label), G_MENU_MODEL (section));
    }
  return menu;
}
