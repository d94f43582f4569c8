"""What the examples of an item show, and which examples would show the rest.

`targets` lists what a report can lead to and what the examples reach of it, `boundaries` the numbers at which a condition
changes its mind, `proposals` finds filled-in forms for what is missing, `wording` writes them as an author would.
`mutants` changes an item in small ways, to see whether its examples notice.
"""
