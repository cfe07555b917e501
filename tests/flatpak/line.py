# line.py: the way of a patient to the server, out of a network in which nothing else is; it can stall and break
#
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import socket
import threading


class Line:
    """Whoever is on the node finds the server at its own port of this computer."""

    def __init__(self, node, port):
        self.port, self.ends = port, set()
        self.through = threading.Event()
        self.through.set()
        with node.inside():
            self.listener = socket.create_server(('127.0.0.1', port))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            near, _ = self.listener.accept()
            try:
                far = socket.create_connection(('127.0.0.1', self.port))
            except OSError:  # the server does not run
                near.close()
                continue
            self.ends |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one, other):
        try:
            piece = one.recv(65536)
            while piece:
                self.through.wait()
                other.sendall(piece)
                piece = one.recv(65536)
        except OSError:
            pass
        self.end({one, other})

    def end(self, ends):
        self.ends -= ends
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self):
        """What is sent is under way until it is mended."""
        self.through.clear()

    def mend(self):
        self.through.set()

    def drop(self):
        """As when the address that a connection was made from is gone."""
        self.end(set(self.ends))
