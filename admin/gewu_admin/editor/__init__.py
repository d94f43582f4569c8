"""The language in other people's editors: the language server behind `gewu lsp`, the highlighting of Pygments."""
