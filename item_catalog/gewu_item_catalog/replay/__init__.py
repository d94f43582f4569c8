"""What a change of an item would have done to the reports there have been.

`columns` holds many reports side by side, `plan` prints conditions as operations on whole columns, `outcomes` decides
all reports at once, `changes` tells two versions of an item apart by what they decide.
"""
