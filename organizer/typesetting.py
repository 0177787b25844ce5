"""The child process of `documents`: sets one typst file with the data on standard input, and ends."""

import sys

import typst


def main(template: str, root: str) -> None:
    """Write the PDF to standard output. A problem is told on standard error and by the exit code."""
    pdf = typst.compile(template, root=root, sys_inputs={"data": sys.stdin.buffer.read().decode()}, format="pdf")
    sys.stdout.buffer.write(pdf)
