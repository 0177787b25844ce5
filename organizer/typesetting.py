"""The child process of `documents`: sets one typst file with the data on standard input, and ends."""

import sys
from typing import Final, Literal, NoReturn

import typst

# The exit codes by which `documents` knows what was wrong.
NO_LETTERS: Final = 3
NO_ROOM: Final = 4


def main(template: str, root: str, letters: str) -> None:
    """Write the PDF to standard output. A problem is told by the exit code, and ours on standard error.

    `letters` is "all" where a letter that no font has is a problem, instead of a box.
    """
    said = {"data": sys.stdin.buffer.read().decode()}
    # It is among the rules of PDFs for archives.
    standard: Literal["a-2b"] | None = "a-2b" if letters == "all" else None
    try:
        pdf = typst.compile(template, root=root, sys_inputs=said, format="pdf", pdf_standards=standard)
    except typst.TypstError as error:
        _end(str(error))
    sys.stdout.buffer.write(pdf)


def _end(problem: str) -> NoReturn:
    """What is wrong with the words, `documents` tells; the log gets what is wrong with us."""
    if "could not be displayed" in problem:
        sys.exit(NO_LETTERS)
    if "panicked with: no room" in problem:
        sys.exit(NO_ROOM)
    sys.stderr.write(f"{problem}\n")
    sys.exit(1)
