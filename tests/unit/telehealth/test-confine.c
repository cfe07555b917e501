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
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

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

static void
test_confined (void)
{
  long files = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

  if (g_test_subprocess ())
    {
      g_autofree char *file = g_build_filename (g_getenv ("WATTLE_SOURCE"), "meson.build", NULL);

      g_assert_true (wattle_confine ());
      refused ();
      works ();
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
  return g_test_run ();
}
