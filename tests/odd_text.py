"""Thirty kinds of odd text, as people type, paste and pipe them; every box and every command is tried with each."""

from __future__ import annotations

import gzip

KINDS = {
    "plain": "A dog runs across the beach.",
    "nothing": "",
    "blanks alone": "   \t ",
    "many blanks": "  A  dog   runs across the  beach . ",
    "tabs": "A\tdog\truns.",
    "no-break spaces": "A\N{NO-BREAK SPACE}dog\N{NARROW NO-BREAK SPACE}runs\N{IDEOGRAPHIC SPACE}.",
    "lines of Windows": "A dog runs.\r\nA cat sits.\r\n",
    "lines of old Macs": "A dog runs.\rA cat sits.\r",
    "separators of Unicode": "A dog\N{LINE SEPARATOR}runs.\N{PARAGRAPH SEPARATOR}A cat\x85sits.",
    "form feeds": "A dog runs.\fA cat\vsits.",
    "nobody sees it": "A d\N{ZERO WIDTH SPACE}og\N{ZERO WIDTH JOINER} ru\N{SOFT HYPHEN}ns.",
    "a byte-order mark": "\ufeffA dog runs.",
    "marks of direction": "\N{RIGHT-TO-LEFT OVERRIDE}A dog\N{LEFT-TO-RIGHT MARK} runs.",
    "decomposed": "Sa\N{COMBINING TILDE}o Paulo, l'e\N{COMBINING ACUTE ACCENT}te\N{COMBINING ACUTE ACCENT}.",
    "heaped marks": "A d" + "\N{COMBINING ACUTE ACCENT}" * 60 + "og runs.",
    "curly quotation marks": "She said, “Hello” — ‘don’t’…",
    "ligatures": "The ﬁne oﬃce, my sœur, Œuvre, Straße.",
    "full width": "ＡＢＣ １２３ ｄｏｇ！",
    "emoji": "\N{SLIGHTLY SMILING FACE}",
    "emoji in a sentence": "I like it \N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN} \N{HEAVY BLACK HEART}\ufe0f.",
    "Cyrillic": "Где находится вокзал?",
    "right to left": "أين المحطة؟ ١٢٣",
    "no blanks": "駅はどこですか。",
    "references of HTML": "&quot;good&quot; &amp; &#233; &nosuch; &#x110000;",
    "markup": "<b>Bob</b> <script>alert(1)</script>",
    "markdown": "**Bob** [a](http://x.org) `b` $x_1$ ![i](http://x.org/i.png)",
    "capitals": "A DOG RUNS ACROSS THE BEACH.",
    "small letters": "where is the station?",
    "numbers": "It cost $25, 1,000.50 or 3½ in the 1990s.",
    "special tokens": "<eos> <pad> <bos> <unk> [CLS]",
    "marks alone": "... !? -- ''",
    "bytes of a terminal": "A \x1b[31mdog\x07 ru\x08ns.",
    "a word of 400 letters": "Donau" * 80,
    "1,900 letters": "a" * 1_900,
    "1,200 words": "word " * 1_200,
    "20,000 letters": "A dog runs. " * 1_700,
}

# What a file may be: (bytes, the text in them).
FILES = {
    "UTF-8": ("l'été\n".encode(), "l'été"),
    "UTF-8 with its mark": ("\ufeffl'été\n".encode(), "l'été"),
    "UTF-16": ("l'été\n".encode("utf-16"), "l'été"),
    "UTF-16 without a mark": ("l'été\n".encode("utf-16-le"), "l'été"),
    "UTF-32": ("l'été\n".encode("utf-32"), "l'été"),
    "Windows-1252": ("l’été\n".encode("cp1252"), "l’été"),
    "Latin-1": ("l'été\n".encode("latin-1"), "l'été"),
    "gzip": (gzip.compress("l'été\n".encode()), "l'été"),
}
NO_FILES = {
    "zeros": b"a\0b\n",
    "a zip archive": b"PK\x03\x04and more",
    "half a gzip": gzip.compress(b"one two three" * 50, mtime=0)[:-20],
    "two encodings": "l'été à Orléans\n".encode() + b"\x92\n",
}
