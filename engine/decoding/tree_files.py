"""Writing trees as a file and as a short code for a URL. Both are a visitor's input: everything in them is checked, and
the probabilities a file carries are for its reader; they are never believed but computed again.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import math
import zlib
from dataclasses import dataclass

from engine.decoding.arithmetic_coding import to_varint
from engine.decoding.cowriting import AUTHORS, MAX_NODES, WritingNode, WritingTree, reread
from engine.decoding.limits import check_characters, check_prompt
from engine.errors import InputError
from engine.models.folder import LoadedModel

FORMAT, VERSION = "unrolled-writing-tree", 1
MAX_FILE_BYTES = 1_000_000
MAX_CODE_CHARACTERS = 1500  # whole addresses of about 2,000 characters pass everywhere: mail, chat, old proxies
_TOP = {"format": str, "version": int, "model": str, "prompt": str, "pen": int, "nodes": list}
_NODE = {"parent": int, "token": str, "author": str}
_WORDS = {str: "text", int: "a whole number", list: "a list", dict: "an object"}
_CODE_MARK = "t"


@dataclass(frozen=True)
class TreeFile:
    """What a file of a tree says; its shape is checked, its tokens not yet.

    Attributes:
        model: name of the model it was written with.
        prompt: the beginning it grew from.
        tokens: the piece of each node, as the model's vocabulary lists it.
        shape: the tree, with no tokens and no probabilities.
    """

    model: str
    prompt: str
    tokens: tuple[str, ...]
    shape: WritingTree

    def tree(self, loaded: LoadedModel) -> WritingTree:
        """Return the tree with every probability as `loaded` gives it.

        Raises:
            InputError: a token is not in its vocabulary, or stands twice at the same place.
        """
        vocabulary = loaded.tokenizer.backend.get_vocab()
        unknown = [(position, token) for position, token in enumerate(self.tokens) if token not in vocabulary]
        if unknown:
            position, token = unknown[0]
            raise InputError(f"Step {position} of the file is “{token[:20]}”, which {loaded.info.name} does not know.")
        nodes = zip(self.shape.nodes, self.tokens, strict=True)
        named = tuple(dataclasses.replace(node, token_id=vocabulary[token]) for node, token in nodes)
        return reread(loaded, self.prompt, WritingTree(named, self.shape.pen))


def to_json(loaded: LoadedModel, prompt: str, tree: WritingTree) -> bytes:
    """Return a tree as a JSON file that `read_json` takes."""
    nodes = [
        {
            "parent": node.parent,
            "token": loaded.tokenizer.token(node.token_id),
            "author": node.author,
            "bits": round(node.nats / math.log(2), 4),
        }
        for node in tree.nodes
    ]
    head = {"format": FORMAT, "version": VERSION, "model": loaded.info.name, "prompt": prompt, "pen": tree.pen}
    return (json.dumps(head | {"nodes": nodes}, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(data: bytes) -> TreeFile:
    """Return what a file says.

    Raises:
        InputError: it is too large, not JSON, or not a tree; the sentence names the place.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InputError(f"The file has {len(data):,} bytes; a file of a tree has at most {MAX_FILE_BYTES:,}.")
    try:
        stored = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(
            "The file is not JSON, or was damaged: choose a file that was downloaded from this page."
        ) from error
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise InputError("The file is not a tree of this page: choose one that was downloaded here.")
    _check_fields("The file", stored, _TOP)
    if stored["version"] != VERSION:
        raise InputError(f"The file has version {stored['version']}; this page reads version {VERSION}.")
    check_characters("The file's beginning", stored["prompt"])
    check_prompt(stored["prompt"])
    if len(stored["nodes"]) > MAX_NODES:
        raise InputError(f"The file has {len(stored['nodes']):,} steps; a tree holds at most {MAX_NODES:,}.")
    nodes, tokens = [], []
    for position, entry in enumerate(stored["nodes"]):
        _check_fields(f"Step {position} of the file", entry, _NODE)
        if entry["author"] not in AUTHORS:
            raise InputError(
                f"Step {position} of the file has the author {entry['author'][:20]!r}; it must be one of "
                f"{', '.join(AUTHORS)}."
            )
        if not -1 <= entry["parent"] < position:
            raise InputError(
                f"Step {position} of the file follows step {entry['parent']}, which does not come before it: no tree "
                "grows so."
            )
        check_characters(f"Step {position} of the file", entry["token"])
        tokens.append(entry["token"])
        nodes.append(
            WritingNode(entry["parent"], position, entry["author"])
        )  # the place stands in for the token until it is known
    if not -1 <= stored["pen"] < len(nodes):
        raise InputError(f"The file's pen stands at step {stored['pen']}, and the steps are 0 to {len(nodes) - 1}.")
    return TreeFile(stored["model"], stored["prompt"], tuple(tokens), WritingTree(tuple(nodes), stored["pen"]))


def to_code(loaded: LoadedModel, tree: WritingTree) -> str:
    """Return a tree as letters for a URL, "" for an empty one.

    The beginning and the model stand in the URL by themselves; of the vocabulary the code holds a fingerprint.

    Raises:
        InputError: it would be longer than a URL can safely carry.
    """
    if not tree.nodes:
        return ""
    numbers = [vocabulary_mark(loaded), len(tree.nodes), tree.pen + 1]
    for index, node in enumerate(tree.nodes):
        numbers += [index - 1 - node.parent, 2 * node.token_id + AUTHORS.index(node.author)]
    packer = zlib.compressobj(level=9, wbits=-15)
    packed = packer.compress(b"".join(map(to_varint, numbers))) + packer.flush()
    code = _CODE_MARK + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(code) > MAX_CODE_CHARACTERS:
        raise InputError(
            f"The tree has become too large for an address ({len(code):,} characters where {MAX_CODE_CHARACTERS:,} are "
            "safe): keep it by downloading its file."
        )
    return code


def from_code(loaded: LoadedModel, prompt: str, code: str) -> WritingTree:
    """Return the tree that a URL's code stands for, with every probability as `loaded` gives it after `prompt`.

    Raises:
        InputError: the code is damaged, or was written with another vocabulary.
    """
    if not code:
        return WritingTree()
    try:
        if len(code) > MAX_CODE_CHARACTERS or not code.isascii() or code[0] != _CODE_MARK:
            raise ValueError(code)
        packed = base64.b64decode(code[1:] + "=" * (-(len(code) - 1) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(wbits=-15)
        raw = unpacker.decompress(packed, 8 * MAX_NODES)
        numbers = _from_varints(raw)
        mark, count, pen = numbers[:3]
        if not unpacker.eof or unpacker.unused_data or count > MAX_NODES or len(numbers) != 3 + 2 * count:
            raise ValueError(code)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise InputError("The tree in the address is damaged: it is cut short or was changed by hand.") from error
    if mark != vocabulary_mark(loaded):
        raise InputError(
            "The tree in the address was written with another vocabulary: choose the network it was written with."
        )
    pairs = zip(numbers[3::2], numbers[4::2], strict=True)
    nodes = (
        WritingNode(index - 1 - gap, number // 2, AUTHORS[number % 2]) for index, (gap, number) in enumerate(pairs)
    )
    return reread(loaded, prompt, WritingTree(tuple(nodes), pen - 1))


def vocabulary_mark(loaded: LoadedModel) -> int:
    """Return a number (0 to 65,535) that tells vocabularies apart."""
    tokenizer = loaded.tokenizer
    return zlib.crc32("\0".join(tokenizer.tokens(range(tokenizer.vocab_size))).encode()) & 0xFFFF


def _check_fields(what: str, entry: object, fields: dict[str, type]) -> None:
    if not isinstance(entry, dict):
        raise InputError(f"{what} must be an object with {', '.join(fields)}.")
    for name, kind in fields.items():
        if name not in entry:
            raise InputError(f"{what} lacks “{name}”.")
        if type(entry[name]) is not kind:
            raise InputError(f"{what} has a “{name}” that is not {_WORDS[kind]}.")


def _from_varints(data: bytes) -> list[int]:
    if data and data[-1] & 0x80:
        raise ValueError("the last number is cut short")
    numbers, number, shift = [], 0, 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if shift > 35:
            raise ValueError("a number is too large")
        if not byte & 0x80:
            numbers.append(number)
            number, shift = 0, 0
    return numbers
