"""Draws the two icons of the Teams app: two principals, one record between them. Run it to make them again.

    python adapters/teams/assets/draw.py

Teams asks for a full-colour PNG of 192 x 192 pixels and a white outline of 32 x 32 on a transparent ground.
"""

import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

Pixel: TypeAlias = tuple[int, int, int, int]
Shape: TypeAlias = Callable[[float, float], float]

GROUND: Pixel = (15, 76, 92, 255)
LEFT: Pixel = (226, 149, 120, 255)
RIGHT: Pixel = (131, 197, 190, 255)
SHARED: Pixel = (255, 255, 255, 255)
CLEAR: Pixel = (255, 255, 255, 0)
SAMPLES = 4


def disc(x: float, y: float, radius: float) -> Shape:
    """Signed distance to a disc, negative inside; units are the icon's width."""
    return lambda px, py: math.hypot(px - x, py - y) - radius


def overlap(one: Shape, other: Shape) -> Shape:
    return lambda px, py: max(one(px, py), other(px, py))


def ring(shape: Shape, width: float) -> Shape:
    return lambda px, py: abs(shape(px, py)) - width / 2


LEFT_DISC, RIGHT_DISC = disc(0.375, 0.5, 0.235), disc(0.625, 0.5, 0.235)


def color_icon(px: float, py: float) -> Pixel:
    if overlap(LEFT_DISC, RIGHT_DISC)(px, py) < 0:
        return SHARED
    if LEFT_DISC(px, py) < 0:
        return LEFT
    return RIGHT if RIGHT_DISC(px, py) < 0 else GROUND


def outline_icon(px: float, py: float) -> Pixel:
    left, right = ring(disc(0.36, 0.5, 0.27), 0.075), ring(disc(0.64, 0.5, 0.27), 0.075)
    return SHARED if min(left(px, py), right(px, py)) < 0 else CLEAR


def pixels(size: int, painted: Callable[[float, float], Pixel]) -> bytes:
    """Rows of RGBA, each with PNG's filter byte in front; each pixel is the mean of SAMPLES x SAMPLES points in it."""
    rows = bytearray()
    for y in range(size):
        rows.append(0)
        for x in range(size):
            points = [
                painted((x + (i + 0.5) / SAMPLES) / size, (y + (j + 0.5) / SAMPLES) / size)
                for i in range(SAMPLES)
                for j in range(SAMPLES)
            ]
            rows += bytes(round(sum(point[channel] for point in points) / len(points)) for channel in range(4))
    return bytes(rows)


def png(size: int, painted: Callable[[float, float], Pixel]) -> bytes:
    """ISO/IEC 15948: signature, header (8 bits, RGBA), data, end."""
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    data = zlib.compress(pixels(size, painted), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    here = Path(__file__).parent
    (here / "color.png").write_bytes(png(192, color_icon))
    (here / "outline.png").write_bytes(png(32, outline_icon))
