"""
Call the harbour master: ``python hail.py SOCKET WORDS``.
"""

import socket
import sys

if __name__ == "__main__":
    path, *words = sys.argv[1:]
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(" ".join(words).encode() + b"\n")
        print(connection.makefile().readline(), end="")
