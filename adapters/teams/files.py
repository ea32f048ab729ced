"""The files of a message, as names and addresses: they stay in OneDrive and SharePoint. Pure.

Shapes: learn.microsoft.com, "Send and receive files" and "Send and receive inline images". Teams tells bots of files in
the direct chat; in channels a message looks as if it had none.
"""

from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from adapters.teams.text import attachments, text_in

Json: TypeAlias = dict[str, Any]

_NO_FILES = ("text/html", "application/vnd.microsoft.card.")


def attached(activity: Json) -> list[Json]:
    """The files among the attachments, and not the message's own HTML, nor cards."""
    return [
        attachment
        for attachment in attachments(activity)
        if text_in(attachment, "contentUrl").startswith("https://")
        and not text_in(attachment, "contentType").startswith(_NO_FILES)
    ]


def files_in(activity: Json, link: str) -> tuple[tuple[str, str], ...]:
    """(name, address) of each file; `link` opens the message itself."""
    return tuple(
        (_name(file), link if _is_pasted(file) else text_in(file, "contentUrl")) for file in attached(activity)
    )


def _is_pasted(file: Json) -> bool:
    """An image within the text. Its own address opens for bots alone, so people are led to the message.

    Nor is `downloadUrl` of an attached file of use: it lets everybody in for some minutes, and then nobody.
    """
    return text_in(file, "contentType").startswith("image/")


def _name(file: Json) -> str:
    if _is_pasted(file):
        return text_in(file, "name") or "Image"
    try:
        path = urlsplit(text_in(file, "contentUrl")).path
    except ValueError:  # https://[ is no address
        path = ""
    return text_in(file, "name") or unquote(path.rsplit("/", 1)[-1]) or "File"
