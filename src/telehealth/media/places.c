/* places.c: the places where programs of this computer listen, of which a call needs two: sound and cameras
 *
 * The session's bus, the keyring, the agents of keys and everything else that listens at a path lies in a few folders.
 * The program gets empty ones instead, in a namespace of its own, and in them what it needs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/places.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 24

/* A path that stays, held while what it lies in is hidden. */
typedef struct
{
  char *path;
  int fd;
  gboolean folder;
} Kept;

static const char *const hidden[] = { "/run",  "/tmp", "/var/tmp", "/home", "/root",
                                      "/srv",  "/mnt", "/media" };

/* Devices are found, names of computers resolved, and nothing listens in them. */
static const char *const system_paths[] = { "/run/udev/data",
                                            "/run/systemd/resolve/resolv.conf",
                                            "/run/systemd/resolve/stub-resolv.conf",
                                            "/run/NetworkManager/resolv.conf",
                                            "/run/NetworkManager/no-stub-resolv.conf",
                                            "/run/resolvconf/resolv.conf",
                                            "/run/pulse" };

static gboolean
write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean good = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);

  if (fd >= 0)
    close (fd);
  return good;
}

/* What may be done in a namespace of one's own is done; it would only be a larger door to the kernel. */
static void
give_up_capabilities (void)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

  syscall (SYS_capset, &header, none);
}

/* (out) @own: whether it took a namespace of users, too, as it does for everybody but root. */
static gboolean
enter (gboolean *own)
{
  g_autofree char *uid = g_strdup_printf ("%u %u 1", (guint) geteuid (), (guint) geteuid ());
  g_autofree char *gid = g_strdup_printf ("%u %u 1", (guint) getegid (), (guint) getegid ());

  *own = FALSE;
  if (unshare (CLONE_NEWNS) < 0)
    {
      if (unshare (CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return FALSE;
      *own = TRUE;
      write_file ("/proc/self/setgroups", "deny");
      write_file ("/proc/self/uid_map", uid);
      write_file ("/proc/self/gid_map", gid);
    }
  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void
keep (GArray *kept, char *path)
{
  Kept one = { path, path != NULL && g_path_is_absolute (path) ? open (path, O_PATH | O_CLOEXEC) : -1, FALSE };
  struct stat about;

  if (one.fd < 0 || kept->len >= MOST || fstat (one.fd, &about) < 0)
    {
      if (one.fd >= 0)
        close (one.fd);
      g_free (path);
      return;
    }
  one.folder = S_ISDIR (about.st_mode);
  g_array_append_val (kept, one);
}

/* Where sound and cameras are: by their own words, or where they usually are. */
static void
keep_media (GArray *kept)
{
  const char *server = g_getenv ("PULSE_SERVER");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  const char *remote = g_getenv ("PIPEWIRE_REMOTE");
  const char *cameras = g_getenv ("PIPEWIRE_RUNTIME_DIR");

  cameras = cameras != NULL ? cameras : runtime;
  remote = remote != NULL ? remote : "pipewire-0";
  if (server != NULL)
    keep (kept, g_strdup (g_str_has_prefix (server, "unix:") ? server + strlen ("unix:") : server));
  keep (kept, g_strdup (g_getenv ("PULSE_RUNTIME_PATH")));
  if (runtime != NULL)
    keep (kept, g_build_filename (runtime, "pulse", NULL));
  if (cameras != NULL)
    keep (kept, g_build_filename (cameras, remote, NULL));
}

static void
hide (const char *path)
{
  struct stat about;

  if (path != NULL && g_path_is_absolute (path) && lstat (path, &about) == 0 && S_ISDIR (about.st_mode))
    mount ("none", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755,size=64k");
}

static void
put_back (const Kept *one)
{
  g_autofree char *folder = one->folder ? g_strdup (one->path) : g_path_get_dirname (one->path);
  g_autofree char *from = g_strdup_printf ("/proc/self/fd/%d", one->fd);
  int made = -1;

  g_mkdir_with_parents (folder, 0755);
  if (!one->folder)
    made = open (one->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (made >= 0)
    close (made);
  mount (from, one->path, NULL, MS_BIND | MS_REC, NULL);
}

/**
 * wattle_places_hide:
 *
 * For good. Call it while there is one thread, and before the kernel's calls are confined.
 *
 * Returns: %FALSE where the system gives out no namespaces; everything is there then, as before
 */
gboolean
wattle_places_hide (void)
{
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  gboolean own = FALSE;

  if (!enter (&own))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (system_paths); i++)
    keep (kept, g_strdup (system_paths[i]));
  keep_media (kept);
  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++)
    hide (hidden[i]);
  hide (g_getenv ("HOME"));
  hide (g_getenv ("XDG_RUNTIME_DIR"));
  for (guint i = 0; i < kept->len; i++)
    {
      Kept *one = &g_array_index (kept, Kept, i);

      put_back (one);
      close (one->fd);
      g_free (one->path);
    }
  if (own)
    give_up_capabilities ();
  /* Where the program was started is still the old folder. */
  return chdir ("/") == 0;
}
