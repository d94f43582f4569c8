"""Who hears of what: the outbox, inboxes with quiet hours and digests, webhooks."""
