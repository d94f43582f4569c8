"""Filled forms and their files, from the phone to the receipt."""
