"""Terminal, Markdown, figures, HTML: verdicts and journal in, bytes out; no measuring."""
