#!/usr/bin/env python3
"""Draws the plugin's icon, .claude-plugin/icon.png: an arrow that leaves its base, on a rounded square.

Usage: icon.py FILE
"""
import struct
import sys
import zlib

SIZE = 512
SAMPLES = 4  # along each side of a pixel, so that edges are smooth
GROUND, SHAPE = (0x1D, 0x4E, 0x89), (0xFF, 0xFF, 0xFF)


def in_rounded_square(x, y, radius=0.2):
    dx, dy = max(radius - x, x - 1 + radius, 0), max(radius - y, y - 1 + radius, 0)
    return dx * dx + dy * dy <= radius * radius


def in_arrow(x, y):
    head = 0.16 <= y <= 0.44 and abs(x - 0.5) <= (y - 0.16) * 0.9
    shaft = 0.44 <= y <= 0.66 and abs(x - 0.5) <= 0.09
    base = 0.73 <= y <= 0.82 and abs(x - 0.5) <= 0.27
    return head or shaft or base


def pixel(column, row):
    """Red, green, blue and opacity."""
    ground = shape = 0
    for i in range(SAMPLES):
        for j in range(SAMPLES):
            x, y = (column + (i + 0.5) / SAMPLES) / SIZE, (row + (j + 0.5) / SAMPLES) / SIZE
            ground += in_rounded_square(x, y)
            shape += in_arrow(x, y)
    part = shape / SAMPLES**2
    return *(round(g + (s - g) * part) for g, s in zip(GROUND, SHAPE)), round(255 * ground / SAMPLES**2)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = (b"\0" + bytes(value for column in range(SIZE) for value in pixel(column, row)) for row in range(SIZE))
with open(sys.argv[1], "wb") as out:
    out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0))
              + chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b""))
