"""One noun a file: its commands, buttons, forms and cards, listed in the `NOUN` at the end of each."""
