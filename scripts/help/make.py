"""Prints what the program says of itself: the page of the command line, or the manual page.

Usage: make.py markdown PROGRAM
       make.py man PROGRAM VERSION DATE
"""

import sys

import markdown
import program
import roff

match sys.argv[1:]:
    case ["markdown", binary]:
        sys.stdout.write(markdown.page(program.read(binary)))
    case ["man", binary, version, date]:
        sys.stdout.write(roff.page(program.read(binary), version, date))
    case _:
        sys.exit(__doc__)
