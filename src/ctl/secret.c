/* secret.c: asking for words and passwords
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "server/auth/passwords.h"

#define LONGEST 1024

/* One line, or NULL; a Ctrl+C meanwhile cancels. */
static char *
read_line (WattleCtl *ctl, int fd, GError **error)
{
  g_autofree char *line = g_malloc0 (LONGEST + 1);
  GPollFD polls[2] = { { .fd = fd, .events = G_IO_IN } };
  gsize n = 0;
  guint n_polls = 1;

  if (g_cancellable_make_pollfd (ctl->cancellable, &polls[1]))
    n_polls++;
  while (n < LONGEST)
    {
      gssize got;

      g_poll (polls, n_polls, -1);
      if (g_cancellable_set_error_if_cancelled (ctl->cancellable, error))
        break;
      got = read (fd, line + n, 1);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0 || line[n] == '\n')
        break;
      n++;
    }
  if (n_polls == 2)
    g_cancellable_release_fd (ctl->cancellable);
  if (g_cancellable_is_cancelled (ctl->cancellable))
    return NULL;
  line[n] = '\0';
  if (n > 0 && line[n - 1] == '\r')
    line[n - 1] = '\0';
  if (g_utf8_validate (line, -1, NULL))
    return g_steal_pointer (&line);
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, _("What was typed is not UTF-8 text."));
  return NULL;
}

/**
 * wattle_ctl_ask:
 * @ctl: the program
 * @question: what to ask
 * @hidden: whether the answer must not show
 * @error: there is no terminal to ask on, or Ctrl+C
 *
 * Returns: (transfer full) (nullable): the line
 */
char *
wattle_ctl_ask (WattleCtl *ctl, const char *question, gboolean hidden, GError **error)
{
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios before, silent;
  g_autofree char *prompt = g_strconcat (question, " ", NULL);
  char *answer = NULL;

  if (fd < 0 || tcgetattr (fd, &before) < 0)
    {
      if (fd >= 0)
        close (fd);
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("There is no terminal to ask on (%s): give it as an option."), question);
      return NULL;
    }
  silent = before;
  silent.c_lflag &= ~ECHO;
  if (hidden)
    tcsetattr (fd, TCSAFLUSH, &silent);
  if (write (fd, prompt, strlen (prompt)) >= 0)
    answer = read_line (ctl, fd, error);
  else
    wattle_set_errno (error, errno, "/dev/tty", "write to");
  if (hidden)
    {
      tcsetattr (fd, TCSAFLUSH, &before);
      if (write (fd, "\n", 1) < 0)
        g_debug ("The terminal has gone.");
    }
  close (fd);
  return answer;
}

/**
 * wattle_ctl_new_password:
 * @ctl: the program
 * @from_stdin: whether it is the first line of standard input
 * @login: whose it becomes, for the check
 * @error: what is wrong with it
 *
 * Returns: (transfer full) (nullable): the hash of a new password
 */
char *
wattle_ctl_new_password (WattleCtl *ctl, gboolean from_stdin, const char *login, GError **error)
{
  g_autofree char *password = NULL;
  g_autofree char *again = NULL;
  char *hash = NULL;

  password = from_stdin ? read_line (ctl, STDIN_FILENO, error)
                        : wattle_ctl_ask (ctl, _("New password (12 characters or more):"), TRUE, error);
  if (password == NULL)
    return NULL;
  if (!from_stdin)
    {
      again = wattle_ctl_ask (ctl, _("Once more:"), TRUE, error);
      if (again == NULL)
        return NULL;
    }
  if (again != NULL && strcmp (password, again) != 0)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "password",
                            _("The two are not the same. Nothing was changed."));
  else if (wattle_password_check (password, login, WATTLE_PASSWORD_MINIMUM, "password", error))
    hash = wattle_password_hash (password, error);
  sodium_memzero (password, strlen (password));
  if (again != NULL)
    sodium_memzero (again, strlen (again));
  return hash;
}
