/* confine.c: what the program that handles strangers' bytes gives up: other programs, other processes, files
 *
 * Sound, picture and descriptions come from whoever is in the call. What they might make of a hole in the media
 * library ends here: no program is started, no file is made, changed or removed, no other process is touched, no part
 * of the kernel that a call does not need is asked for anything, and the home is not there, as far as the kernel can do
 * that. What stays is what a call needs: threads, memory, the network, devices, libraries.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "telehealth/media/places.h"

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* Newer than the headers of the oldest release there is to build with. */
#define ACCESS_TRUNCATE (1ULL << 14)
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)
typedef struct
{
  guint64 files;
  guint64 ports;
  guint64 scoped;
} Rules;

/* Never: programs, processes, others' memory, names and rights of files, mounts, the clock, the kernel itself. */
static const int refused[] = {
  SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_open,
  SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_unshare, SYS_setns,
  SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsconfig,
  SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_mknodat, SYS_mkdirat,
  SYS_linkat, SYS_symlinkat, SYS_unlinkat, SYS_renameat2, SYS_truncate, SYS_fchmodat, SYS_fchmod, SYS_fchownat,
  SYS_fchown, SYS_utimensat, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr,
  SYS_fremovexattr, SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setfsuid,
  SYS_setfsgid, SYS_setgroups, SYS_capset, SYS_personality, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_bpf,
  SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_init_module,
  SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl,
  SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname, SYS_syslog,
  SYS_vhangup, SYS_fanotify_init, SYS_migrate_pages, SYS_move_pages,
#ifdef SYS_fchmodat2
  SYS_fchmodat2,
#endif
#ifdef __x86_64__
  SYS_fork, SYS_vfork, SYS_mknod, SYS_mkdir, SYS_rmdir, SYS_creat, SYS_link, SYS_symlink, SYS_unlink, SYS_rename,
  SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat, SYS_modify_ldt, SYS_iopl, SYS_ioperm,
  SYS_kexec_file_load, SYS_uselib, SYS_ustat, SYS_sysfs,
#endif
  SYS_renameat,
};

/* As if the kernel did not know them: what cannot be looked into has an older sister that can. */
static const int unknown[] = { SYS_clone3, SYS_openat2 };

/* The kinds of sockets that a call needs. */
static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

typedef struct
{
  struct sock_filter *code;
  unsigned short length;
} Program;

static void
add (Program *program, guint16 code, guint32 value, guint8 right, guint8 wrong)
{
  program->code[program->length++] = (struct sock_filter){ code, right, wrong, value };
}

static void
load (Program *program, gsize offset)
{
  add (program, BPF_LD | BPF_W | BPF_ABS, (guint32) offset, 0, 0);
}

static void
answer (Program *program, guint32 value)
{
  add (program, BPF_RET | BPF_K, value, 0, 0);
}

/* The lower half of an argument; the number is loaded again after it. */
static void
load_argument (Program *program, guint number)
{
  load (program, offsetof (struct seccomp_data, args) + number * sizeof (guint64));
}

static void
refuse (Program *program, int number, guint32 why)
{
  add (program, BPF_JMP | BPF_JEQ | BPF_K, (guint32) number, 0, 1);
  answer (program, SECCOMP_RET_ERRNO | why);
}

/* Refused when none (@wanted) or any of the bits of an argument are there. */
static void
refuse_bits (Program *program, int number, guint argument, guint32 bits, gboolean wanted)
{
  add (program, BPF_JMP | BPF_JEQ | BPF_K, (guint32) number, 0, 4);
  load_argument (program, argument);
  add (program, BPF_JMP | BPF_JSET | BPF_K, bits, wanted ? 1 : 0, wanted ? 0 : 1);
  answer (program, SECCOMP_RET_ERRNO | EPERM);
  answer (program, SECCOMP_RET_ALLOW);
}

/* Refused unless an argument is one of the values. */
static void
refuse_others (Program *program, int number, guint argument, const int *values, guint count, guint32 why)
{
  add (program, BPF_JMP | BPF_JEQ | BPF_K, (guint32) number, 0, (guint8) (2 * count + 2));
  load_argument (program, argument);
  for (guint i = 0; i < count; i++)
    {
      add (program, BPF_JMP | BPF_JEQ | BPF_K, (guint32) values[i], 0, 1);
      answer (program, SECCOMP_RET_ALLOW);
    }
  answer (program, SECCOMP_RET_ERRNO | why);
}

/* Calls of the kernel. */
static gboolean
confine_calls (void)
{
#ifdef ARCHITECTURE
  struct sock_filter code[512];
  Program program = { code, 0 };
  struct sock_fprog filter = { 0, code };
  const int self[] = { (int) getpid () };

  load (&program, offsetof (struct seccomp_data, arch));
  add (&program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
  answer (&program, SECCOMP_RET_KILL_PROCESS);
  load (&program, offsetof (struct seccomp_data, nr));
#ifdef __x86_64__
  /* The other way to number them. */
  add (&program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
  answer (&program, SECCOMP_RET_ERRNO | ENOSYS);
  refuse_bits (&program, SYS_open, 1, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), FALSE);
#endif
  refuse_bits (&program, SYS_openat, 2, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), FALSE);
  refuse_bits (&program, SYS_clone, 0, CLONE_THREAD, TRUE);
  refuse_others (&program, SYS_socket, 0, families, G_N_ELEMENTS (families), EAFNOSUPPORT);
  refuse_others (&program, SYS_kill, 0, self, 1, EPERM);
  refuse_others (&program, SYS_tgkill, 0, self, 1, EPERM);
  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    refuse (&program, unknown[i], ENOSYS);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    refuse (&program, refused[i], EPERM);
  answer (&program, SECCOMP_RET_ALLOW);
  filter.len = program.length;
  return syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0;
#else
  return FALSE;
#endif
}

static void
allow_below (int rules, const char *path, guint64 access)
{
  struct landlock_path_beneath_attr beneath = { access, open (path, O_PATH | O_CLOEXEC) };

  if (beneath.parent_fd < 0)
    return;
  syscall (SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
  close (beneath.parent_fd);
}

/* Files: the system's may be read, devices used, and nothing else is there. A kernel without that leaves it out. */
static void
confine_files (void)
{
  static const char *const readable[] = { "/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc", "/proc", "/sys",
                                          "/run", "/tmp", "/app", "/var/lib", "/var/cache" };
  const guint64 reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  long version = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  Rules handled = { .files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
  int rules = -1;

  if (version < 1)
    return;
  if (version >= 2)
    handled.files |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3)
    handled.files |= ACCESS_TRUNCATE;
  /* Those that listen at no path: nothing of a call does. */
  if (version >= 6)
    handled.scoped = SCOPE_ABSTRACT_SOCKETS;
  rules =
    (int) syscall (SYS_landlock_create_ruleset, &handled, version >= 6 ? sizeof handled : sizeof handled.files, 0);
  if (rules < 0)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (readable); i++)
    allow_below (rules, readable[i], reading);
  allow_below (rules, "/dev", reading | LANDLOCK_ACCESS_FS_WRITE_FILE);
  syscall (SYS_landlock_restrict_self, rules, 0);
  close (rules);
}

/**
 * wattle_confine:
 *
 * For good, and for the threads that there will be: call it before there are any.
 *
 * Returns: %FALSE on a kernel or a processor that cannot refuse calls; the program runs all the same
 */
gboolean
wattle_confine (void)
{
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (!wattle_places_hide ())
    g_info ("this system gives out no namespaces: what listens on this computer can be reached");
  confine_files ();
  return confine_calls ();
}
