"""The body of one answer: counted, hashed, checked and, when it is long, packed while it comes in."""

import hashlib
import zlib
from collections.abc import Iterator

from lxml import etree

from portal.nmbrs.soap.parsing import strict_target_parser

#: How much of the beginning is kept as it came, to see what kind of answer it is. A fault fits in, and so does most
#: of what a sync reads: packing pays for longer answers only.
HEAD = 256 * 1024
#: Pieces (bytes) in which a packed body is unpacked.
PIECE = 64 * 1024
#: Elements open at once. Far above any real answer; the parser that builds records stops at 256.
DEEPEST = 100_000
#: Bytes from one `<` to the next: libxml2 limits a text to this much; nothing limits what stands in a tag.
LONGEST = 10_000_000
#: Only bodies above this size can nest deep enough to cost memory.
_COUNT_FROM = 1024 * 1024


class BodySizeError(Exception):
    """The body passed the byte cap."""


class _DoctypeError(Exception):
    """The document has a DTD."""


class _NoDoctype:
    """Target of the checking parser: builds nothing and refuses a DTD, and with it every entity of its own."""

    def doctype(self, name: str | None, public: str | None, system: str | None) -> None:
        raise _DoctypeError

    def close(self) -> None:
        return None


class Body:
    """One body of at most `cap` bytes; `longest` are those from one `<` to the next."""

    def __init__(self, cap: int, longest: int = LONGEST) -> None:
        self.size = 0
        self._longest = longest
        self._hash = hashlib.blake2b(digest_size=16)
        self.well_formed = True
        self._cap = cap
        self._head = bytearray()
        self._packed: list[bytes] = []
        self._packer: zlib._Compress | None = None
        # Checks only, without a tree: six times as fast as the parse that reads records, and outside the GIL.
        self._checker = strict_target_parser(_NoDoctype())
        self._open = 0
        self._gap = 0

    @property
    def digest(self) -> bytes:
        """blake2b over what came in so far, 16 bytes."""
        return self._hash.digest()

    @property
    def head(self) -> bytes:
        """The first 256 KiB."""
        return bytes(self._head)

    def add(self, piece: bytes) -> None:
        """Take the next piece. Raises BodySizeError."""
        self.size += len(piece)
        if self.size > self._cap:
            raise BodySizeError
        self._hash.update(piece)
        if self.size <= HEAD:
            self._head += piece
        else:
            self._pack(piece)
        if self.well_formed:
            self._check(piece)

    def end(self) -> None:
        """The body is complete."""
        if self._packer is not None:
            self._packed.append(self._packer.flush())
        if self.well_formed:
            try:
                self._checker.close()
            except (etree.ParseError, _DoctypeError):
                self.well_formed = False
        del self._checker, self._packer

    def settle(self) -> None:
        """The answer was judged: of a packed one the beginning need not be kept twice."""
        if self._packed:
            self._head.clear()

    def pieces(self) -> Iterator[bytes]:
        """The body again, in pieces."""
        if not self._packed:
            yield bytes(self._head)
            return
        unpacker = zlib.decompressobj()
        for packed in self._packed:
            rest = packed
            while rest:
                yield unpacker.decompress(rest, PIECE)
                rest = unpacker.unconsumed_tail
        while tail := unpacker.decompress(unpacker.unconsumed_tail, PIECE):
            yield tail

    def _pack(self, piece: bytes) -> None:
        if self._packer is None:
            self._packer = zlib.compressobj(1)
            self._take(self._packer.compress(bytes(self._head)))
            room = HEAD - len(self._head)
            self._head += piece[:room]
        self._take(self._packer.compress(piece))

    def _take(self, packed: bytes) -> None:
        if packed:
            self._packed.append(packed)

    def _check(self, piece: bytes) -> None:
        last = piece.rfind(b"<")
        self._gap = len(piece) - last if last >= 0 else self._gap + len(piece)
        if self.size > _COUNT_FROM:
            # Counted by `>`, which a text may hold too: such a text makes the count too high, never too low.
            shut = 2 * piece.count(b"</") + piece.count(b"/>")
            self._open = max(0, self._open + piece.count(b">") - shut)
        if self._gap > self._longest or self._open > DEEPEST:
            self.well_formed = False
            return
        try:
            self._checker.feed(piece)
        except (etree.ParseError, _DoctypeError):
            self.well_formed = False
