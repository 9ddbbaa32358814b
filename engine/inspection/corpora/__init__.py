"""What decides training, told of a corpus before it is used: sizes, vocabulary, lengths, balance, repeats."""
