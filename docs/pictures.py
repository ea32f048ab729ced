"""A picture as a PNG of few colours: a third of what a browser makes, and to the eye the same.

Each part of a colour has eight shades, and those of one shade are one: the mean of what they were. Counting is done in the
browser that took the picture, since it can read it; what it read is packed here, so that the same pixels give the same file.
"""

import base64
import struct
import zlib
from typing import Final

from playwright.async_api import Page

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
READ: Final = """async picture => {
  const SHADES = [26, 36, 52, 128, 220, 235, 250]; // finer where the grounds of cards are, by day and by night
  const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(bitmap, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  const shade = Uint8Array.from({ length: 256 }, (_, part) => SHADES.filter((from) => part >= from).length);
  const kinds = new Uint16Array(width * height);
  const count = new Float64Array(512);
  const sums = [0, 1, 2].map(() => new Float64Array(512));
  for (let at = 0; at < kinds.length; at++) {
    const [red, green, blue] = [data[4 * at], data[4 * at + 1], data[4 * at + 2]];
    const kind = (kinds[at] = 64 * shade[red] + 8 * shade[green] + shade[blue]);
    count[kind]++;
    sums[0][kind] += red;
    sums[1][kind] += green;
    sums[2][kind] += blue;
  }
  const used = [...count.keys()].filter((kind) => count[kind]).sort((one, other) => count[other] - count[one] || one - other);
  const colours = used.map((kind) => sums.map((sum) => Math.round(sum[kind] / count[kind])));
  const palette = colours.slice(0, 256);
  const far = (one, other) => one.reduce((sum, part, at) => sum + (part - other[at]) ** 2, 0);
  const nearest = (colour) => palette.reduce((best, one, at) => (far(one, colour) < far(palette[best], colour) ? at : best), 0);
  const place = new Uint8Array(512);
  used.forEach((kind, at) => (place[kind] = at < 256 ? at : nearest(colours[at])));
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + x + 1] = place[kinds[y * width + x]];
  const packed = await new Response(new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"))).bytes();
  let text = "";
  for (let at = 0; at < packed.length; at += 32768) text += String.fromCharCode(...packed.subarray(at, at + 32768));
  return [width, height, palette.flat(), btoa(text)];
}"""
"""Width, height, the palette, and its places row by row, each row after the 0 that says that nothing is done to it."""


async def photographed(page: Page) -> bytes:
    """The whole page as a PNG."""
    taken = await page.screenshot(full_page=True, animations="disabled", caret="hide")
    address = f"data:image/png;base64,{base64.b64encode(taken).decode()}"
    width, height, palette, packed = await page.evaluate(READ, address)
    deflate = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_FILTERED)
    pixels = deflate.compress(zlib.decompress(base64.b64decode(packed))) + deflate.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", bytes(palette)), (b"IDAT", pixels), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
