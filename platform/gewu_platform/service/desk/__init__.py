"""What the screens of handler, centre and supervisor read: cases, lists, tasks, the board."""
