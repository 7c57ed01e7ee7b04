"""What Python's json makes of texts, each behind its length: a letter each.

a: accepted; r: refused by Python too; else why our gate refuses what Python
takes.  This list, and the one in json_judge.go, is all that may differ:
  t  neither an object nor an array at the top
  d  more than 32 brackets open at once
  v  more than 8,192 values
  z  a NUL in a string or a name
  s  half a surrogate pair
  n  a number beyond a double
Duplicate members, NaN and Infinity, broken UTF-8 are refused here by Python's
own means.
"""

import json
import math
import struct
import sys

DEPTH_MAX = 32
VALUES_MAX = 8192


class Refused(ValueError):
    pass


def no_duplicates(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused
    return members


def no_constant(_):
    raise Refused


def parse(text):
    # int() has a bound of its own; a number is a double to us
    return json.loads(
        text.decode("utf-8", "strict"),
        object_pairs_hook=no_duplicates,
        parse_constant=no_constant,
        parse_int=float,
    )


def why_string(text):
    if "\0" in text:
        return "z"
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return "s"
    return None


def why(value):
    """Walks without recursion."""
    count, stack = 0, [(value, 0)]
    found = None
    while stack:
        value, depth = stack.pop()
        count += 1
        inner = ()
        if isinstance(value, dict):
            for name in value:
                found = found or why_string(name)
            inner = value.values()
        elif isinstance(value, list):
            inner = value
        elif isinstance(value, str):
            found = found or why_string(value)
        elif isinstance(value, float) and math.isinf(value):
            found = found or "n"
        if isinstance(value, (dict, list)):
            if depth + 1 > DEPTH_MAX:
                found = found or "d"
            stack.extend((each, depth + 1) for each in inner)
    return found or ("v" if count > VALUES_MAX else "a")


def judge(text):
    try:
        value = parse(text)
    except (ValueError, RecursionError):
        return "r"
    if not isinstance(value, (dict, list)):
        return "t"
    return why(value)


def main():
    while head := sys.stdin.buffer.read(4):
        (length,) = struct.unpack(">I", head)
        sys.stdout.write(judge(sys.stdin.buffer.read(length)))


main()
