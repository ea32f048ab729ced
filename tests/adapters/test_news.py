"""RSS and Atom as they are published, and as an attacker would publish them."""

import contextlib
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.news import MOST_BYTES, MOST_ITEMS, TITLE, items, plain
from agenda.catalog import Malformed

RECORDED = Path(__file__).parent.parent / "payloads" / "kev"
RSS = (RECORDED / "rss.xml").read_bytes()


def rss(inside: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>t</title>{inside}</channel></rss>'.encode()


def item(title: str = "A", link: str = "https://a.example/1") -> bytes:
    return rss(f"<item><title>{title}</title><link>{link}</link></item>")


def test_rss_gives_titles_links_and_days():
    first, second = items(RSS)
    assert first.title == "Attackers exploit a flaw in Microsoft SharePoint Server"
    assert (first.link, first.at) == (
        "https://news.example/sharepoint?id=1&from=rss",
        datetime(2025, 7, 21, 8, 30, tzinfo=UTC),
    )
    assert (second.title, second.link) == ("A quiet day for printers", "")  # http leads nowhere
    assert items(RSS)[0].key == first.key


def test_atom_too():
    (entry,) = items((RECORDED / "atom.xml").read_bytes())
    assert (entry.title, entry.link) == ("PAN-OS: update your firewalls", "https://vendor.example/pan-os")


def test_comments_and_a_declaration_may_stand_in_front():
    assert (
        items(rss("<item><title>A</title></item>", before="<!-- <a> -->\n<?xml-stylesheet href='x'?> "))[0].title == "A"
    )


LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY b{n} '&b{n - 1};&b{n - 1};'>" for n in range(1, 30)) + "]>"
)
HOSTILE = [
    rss("<item><title>&b29;</title></item>", before=LAUGHS),
    rss("<item><title>&x;</title></item>", before="<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
    rss("", before="<!-- <a> --><!doctype rss SYSTEM 'https://evil.example/x.dtd'>"),
    rss("", before="<!ENTITY x 'y'>"),
    rss("").decode().encode("utf-16"),
    b'<?xml version="1.0" encoding="utf-7"?>+ADw-rss+AD4-',
    b"<html><body>Sign in</body></html>",
    b"",
    b"<!-- never ends",
    b"not xml",
    b"\xff\xfe\xfa",
    b" " * (MOST_BYTES + 1),
]


@pytest.mark.parametrize("body", HOSTILE)
def test_what_is_hostile_or_no_feed_is_refused(body: bytes):
    with pytest.raises(Malformed) as refused:
        items(body)
    assert refused.value.mend


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "http://a.example",
        "file:///etc/passwd",
        "https://u:p@a.example",
        "//a",
        "https://[",
        "data:,x",
    ],
)
def test_a_link_leads_somewhere_over_https_or_nowhere(link: str):
    assert items(item(link=link))[0].link == ""


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("a &lt;b&gt;bold&lt;/b&gt; one", "a bold one"),
        ("<script>alert(1)</script>x", "alert(1) x"),
        ("a\u202eb\x07c", "a b c"),
        ("&amp;lt;i&amp;gt;x", "i x"),
        ("<!channel> and <@U1>", "and"),
    ],
)
def test_a_title_is_plain_text(told: str, said: str):
    assert plain(told) == said


def test_a_long_title_says_that_it_goes_on():
    assert plain("long " * 200).endswith("…")
    assert len(plain("long " * 200)) <= TITLE


@pytest.mark.parametrize(
    "body",
    [
        rss("", before="<!----> " * 200_000),
        rss("<item " + " ".join(f"a{n}='>'" for n in range(100_000)) + "></item>"),
    ],
    ids=["comments", "attributes"],
)
def test_what_costs_its_square_to_read_is_over_at_once(body: bytes):
    began = time.perf_counter()
    with contextlib.suppress(Malformed):
        items(body)
    assert time.perf_counter() - began < 4


def test_markup_inside_a_text_is_not_counted_as_attributes():
    told = "<p>" + "".join(f'<a href="https://a.example/{n}?a=b&c=d">x</a>' for n in range(300)) + "</p>"
    assert items(rss(f"<item><title>A</title><description><![CDATA[{told}]]></description></item>"))[0].title == "A"


def test_many_items_and_deep_markup_do_not_hold_anything_up():
    began = time.perf_counter()
    many = items(rss("<item><title>A</title></item>" * 5_000))
    deep = items(rss("<item><title>A</title>" + "<x>" * 20_000 + "</x>" * 20_000 + "</item>"))
    assert (len(many), len(deep)) == (MOST_ITEMS, 1)
    assert time.perf_counter() - began < 20
