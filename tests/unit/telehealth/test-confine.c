/* test-confine.c: what is given up is gone, and what a call needs is not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "telehealth/media/places.h"

#define assert_refused(call)                                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    errno = 0;                                                                                                         \
    g_assert_cmpint ((call), <, 0);                                                                                    \
    g_assert_true (errno == EPERM || errno == EACCES || errno == EAFNOSUPPORT);                                        \
  }                                                                                                                    \
  G_STMT_END

static gpointer
thread (gpointer data)
{
  /* Of threads made afterwards, too. */
  assert_refused (open ("/tmp/wattle-confined", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  return data;
}

static void
refused (void)
{
  char *const argv[] = { (char *) "true", NULL };

  assert_refused (fork ());
  assert_refused (vfork ());
  assert_refused (execv ("/bin/true", argv));
  assert_refused (open ("/tmp/wattle-confined", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  assert_refused (open ("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
  assert_refused (g_mkdir ("/tmp/wattle-confined", 0700));
  assert_refused (unlink ("/tmp/wattle-confined"));
  assert_refused (rename ("/tmp/wattle-confined", "/tmp/wattle-elsewhere"));
  assert_refused (chmod ("/tmp", 0700));
  assert_refused (kill (getppid (), SIGTERM));
  assert_refused (ptrace (PTRACE_ATTACH, getppid (), NULL, NULL));
  assert_refused (socket (AF_ALG, SOCK_SEQPACKET, 0));
  assert_refused (socket (AF_PACKET, SOCK_DGRAM, 0));
  assert_refused (chroot ("/tmp"));
  g_assert_cmpint (g_spawn_command_line_async ("true", NULL), ==, FALSE);
}

static void
works (void)
{
  g_autoptr (GThread) made = g_thread_new ("made", thread, (gpointer) "done");
  int memory = memfd_create ("test", MFD_CLOEXEC);
  int udp = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int device = open ("/dev/null", O_RDWR | O_CLOEXEC);
  int read_only = open ("/etc/passwd", O_RDONLY | O_CLOEXEC);
  int pair[2];

  g_assert_cmpstr (g_thread_join (g_steal_pointer (&made)), ==, "done");
  g_assert_cmpint (memory, >=, 0);
  g_assert_cmpint (ftruncate (memory, 4096), ==, 0);
  g_assert_cmpint (udp, >=, 0);
  g_assert_cmpint (device, >=, 0);
  g_assert_cmpint (read_only, >=, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_cmpint (kill (getpid (), 0), ==, 0);
}

static struct sockaddr_un
address_of (const char *name)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  /* Without a slash it is a name without a place. */
  if (*name == '/')
    g_strlcpy (address.sun_path, name, sizeof address.sun_path);
  else
    g_strlcpy (address.sun_path + 1, name, sizeof address.sun_path - 1);
  return address;
}

static void
listen_at (const char *name)
{
  struct sockaddr_un address = address_of (name);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
}

static gboolean
reaches (const char *name)
{
  struct sockaddr_un address = address_of (name);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean good = connect (fd, (struct sockaddr *) &address, sizeof address) == 0;

  close (fd);
  return good;
}

/* Of what listens in a session the sound and the cameras can be reached, and nothing else. */
static void
test_sockets (void)
{
  const char *given = g_getenv ("WATTLE_TEST_SESSION");
  g_autofree char *folder = given != NULL ? g_strdup (given) : g_dir_make_tmp ("wattle-session-XXXXXX", NULL);
  g_autofree char *pulse = g_build_filename (folder, "pulse", NULL);
  g_autofree char *sound = g_build_filename (pulse, "native", NULL);
  g_autofree char *camera = g_build_filename (folder, "pipewire-0", NULL);
  g_autofree char *bus = g_build_filename (folder, "bus", NULL);
  const char *const made[] = { sound, camera, bus, pulse, folder };

  if (g_test_subprocess ())
    {
      g_mkdir (pulse, 0700);
      listen_at (sound);
      listen_at (camera);
      listen_at (bus);
      g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
      g_unsetenv ("PIPEWIRE_RUNTIME_DIR");
      g_unsetenv ("PIPEWIRE_REMOTE");
      g_assert_true (reaches (bus));
      if (wattle_places_hide ())
        {
          g_assert_true (reaches (sound));
          g_assert_true (reaches (camera));
          g_assert_false (reaches (bus));
        }
      else
        g_printerr ("# this system gives out no namespaces\n");
      _exit (0);
    }
  g_setenv ("WATTLE_TEST_SESSION", folder, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    g_remove (made[i]);
}

static void
test_confined (void)
{
  long files = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

  if (g_test_subprocess ())
    {
      g_autofree char *nameless = g_strdup_printf ("wattle-session-%d", (int) getpid ());
      g_autofree char *file = g_build_filename (g_getenv ("WATTLE_SOURCE"), "meson.build", NULL);

      listen_at (nameless);
      g_assert_true (wattle_confine ());
      refused ();
      works ();
      if (files >= 6)
        g_assert_false (reaches (nameless));
      /* Where the kernel can, nothing but the system's files is there; this one lies where somebody works. */
      if (files >= 1 && !g_str_has_prefix (file, "/tmp/") && !g_str_has_prefix (file, "/usr/"))
        assert_refused (open (file, O_RDONLY | O_CLOEXEC));
      /* Without what checks for leaks: it would start a process. */
      _exit (0);
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/confine/confined", test_confined);
  g_test_add_func ("/confine/sockets", test_sockets);
  return g_test_run ();
}
