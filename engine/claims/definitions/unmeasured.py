"""Claims that no stored table decides yet, and what would decide them."""

from __future__ import annotations

from engine.claims.claim import CLAIMS, Claim

_CLIPPING = ("gradients", (("tool", "clipping"),), "Clipping")
_CHAIN = ("gradients", (("tool", "chain"),), "Vanishing gradient")
_TRAIN = ("train", (), "Train")
_RACE = ("comparison", (("section", "live_race"),), "Place your bets")

NONE_YET = "No command measures this yet"

for _name, _claim in {
    "clipping_not_vanishing": Claim(
        "Clipping does not cure vanishing",
        "Clipping the gradient does nothing for gradients that vanish.",
        "Pascanu, Mikolov and Bengio (2013)",
        "Training",
        why="A ceiling on the gradient's norm shortens what is too long; what is too short stays short.",
        changes="A table over several seeds of runs with and without a ceiling, with large and with small weights.",
        tool=_CLIPPING,
        missing=f"{NONE_YET} for a table. The Gradients page trains the same network with and without clipping while "
        "you watch, one seed at a time.",
    ),
    "open_gate_carries": Claim(
        "A forget gate near one carries the gradient",
        "Where the forget gate of an LSTM stays near one, the gradient passes unchanged.",
        "Hochreiter and Schmidhuber (1997); Gers et al. (2000)",
        "Memory",
        why="The cell's own derivative from step to step is the forget gate.",
        changes="A table of the gradient left after many steps, by the bias of the forget gate and by seed.",
        tool=_CHAIN,
        missing=f"{NONE_YET} for a table. The Gradients page computes it for any bias that you choose.",
    ),
    "bias_of_one": Claim(
        "Start the forget gate's bias at one",
        "An LSTM learns better if the bias of its forget gate starts at one and not at nought.",
        "Gers et al. (2000); Jozefowicz et al. (2015)",
        "Training",
        why="A gate with a bias of nought starts half shut. The comparison starts it with a larger bias throughout.",
        changes="The comparison's LSTM with a bias of nought beside that of one, with the same seeds.",
        tool=_CHAIN,
        missing=f"{NONE_YET}: engine compare has no recipe with a bias of nought.",
    ),
    "layers_enough": Claim(
        "Two to four layers are enough",
        "More than two to four recurrent layers bring nothing more.",
        "Goldberg (2017); many courses",
        "Structure",
        why="Depth stands beside depth in time, which a recurrent network has plenty of.",
        changes="One to eight layers at equal parameters on one task, several seeds each.",
        tool=_TRAIN,
        missing=f"{NONE_YET}: engine compare knows an LSTM of one layer and one of two.",
    ),
    "deep_needs_residuals": Claim(
        "Deeper networks need residual connections",
        "Recurrent networks of many layers can only be trained with residual connections.",
        "Wu et al. (2016)",
        "Structure",
        why="Through layers the gradient vanishes as it does through time; a way around each layer keeps it.",
        changes="Four and eight layers with residual connections and without, several seeds each.",
        tool=_TRAIN,
        missing=f"{NONE_YET}: no architecture here has residual connections.",
    ),
    "lower_layers_local": Claim(
        "Lower layers see what is near, higher ones syntax",
        "The lower layers of a recurrent network know about neighbouring words, the higher ones about the sentence.",
        "Peters et al. (2018); Belinkov et al. (2017)",
        "Structure",
        why="Probes per layer could tell: what can be read off each layer by a linear classifier.",
        changes="Probes of every layer for what is near and for what is far, with a control.",
        tool=("generation", (("tool", "probing"),), "Probing"),
        missing=f"{NONE_YET}. The Generation page probes the units of one network, and not layer by layer.",
    ),
    "two_passes": Claim(
        "A bidirectional network makes two passes",
        "A bidirectional network does not see the whole sequence at once: two networks each read it one way.",
        "Schuster and Paliwal (1997)",
        "Structure",
        why="The half that reads forwards knows nothing of the words to come, whatever they are.",
        changes="A table of how much each half changes when a later or an earlier word is replaced.",
        tool=("entities", (("tool", "directions"),), "Two directions"),
        missing=f"{NONE_YET} for a table. The Entities page shows what each half would say alone.",
    ),
    "gru_little_data": Claim(
        "With little data a GRU is as good",
        "With few training examples a GRU is as good as an LSTM or better.",
        "Chung et al. (2014); many courses",
        "Training",
        why="Fewer parameters at the same hidden size have less to be learnt.",
        changes="Both on a hundred to all of the examples of a real task, several seeds each.",
        tool=_RACE,
        missing=f"{NONE_YET}: the comparison's real tasks use all their examples.",
    ),
    "transformer_more_data": Claim(
        "A Transformer needs more data",
        "A Transformer needs more training data than a recurrent network until it is as good.",
        "Said in many courses",
        "Training",
        why="A recurrent network brings an order with it that a Transformer has to learn.",
        changes="Both on a hundred to all of the examples of a real task, several seeds each.",
        tool=_RACE,
        missing=f"{NONE_YET}: the comparison's real tasks use all their examples.",
    ),
    "packing_saves": Claim(
        "Packing saves time over padding",
        "Packed sequences are computed faster than padded ones.",
        "The PyTorch documentation; many courses",
        "Size and speed",
        why="Packing leaves the padding out; sorting and packing cost time themselves.",
        changes="The time of both over batches of equal and of very unequal lengths.",
        tool=("sentiment", (("tool", "padding"),), "Padding"),
        missing=f"{NONE_YET} for a table. The Sentiment page shows how padding is masked.",
    ),
    "larger_batches": Claim(
        "Larger batches learn faster",
        "With larger batches a network learns faster by the clock.",
        "Goodfellow, Bengio and Courville (2016)",
        "Training",
        why="A larger batch uses the processor better, and gives fewer updates for the same number of examples.",
        changes="One task with several sizes of batches, each with a learning rate of its own.",
        tool=_TRAIN,
        missing=f"{NONE_YET}: every row of the comparison's tasks has one size of batch.",
    ),
    "adam_beside_sgd": Claim(
        "Adam rather than SGD",
        "Recurrent networks train better with Adam than with plain SGD.",
        "Kingma and Ba (2015); many courses",
        "Training",
        why="Gradients of gates and of embeddings differ by orders of magnitude, and Adam takes each by its own scale.",
        changes="The comparison with both, each with a learning rate of its own.",
        tool=_TRAIN,
        missing=f"{NONE_YET}: every network of the comparison was trained with Adam.",
    ),
    "which_gate": Claim(
        "The forget gate matters most",
        "Of an LSTM's parts the forget gate and the output's tanh matter most; the others can be left out.",
        "Greff et al. (2017)",
        "Structure",
        why="Each part removed in turn, and the network trained again.",
        changes="LSTMs that lack one gate each, on the comparison's tasks.",
        tool=("generation", (("tool", "activation_clamping"),), "Activation clamping"),
        missing=f"{NONE_YET}: no such variant is among the architectures. The Generation page holds a gate of a "
        "trained network, which is another question.",
    ),
    "other_lengths": Claim(
        "The same weights carry over to other lengths",
        "As it uses the same weights at every step, a recurrent network works on lengths that it was not trained on.",
        "Goodfellow, Bengio and Courville (2016)",
        "Memory",
        why="Nothing in the equations says how long a sequence is; what the state does after more steps than ever seen "
        "is another matter.",
        changes="Networks trained at one length and tested from half to sixteen times that.",
        tool=("comparison", (), "Comparison"),
        missing=f"{NONE_YET}: the comparison's runs keep their numbers and not their weights.",
    ),
    "lstm_interpretable": Claim(
        "LSTMs can be interpreted",
        "The units of an LSTM can be interpreted more easily than those of other networks.",
        "Karpathy, Johnson and Fei-Fei (2015)",
        "Text",
        why="A probe can say how much of a unit one property explains, as far as that is understanding.",
        changes="The best probe of every property for an RNN, an LSTM and a GRU of the same size, with a control.",
        tool=("generation", (("tool", "probing"),), "Probing"),
        missing=f"{NONE_YET} for a table. The Generation page probes one network at a time.",
    ),
}.items():
    CLAIMS.register(_name)(_claim)
