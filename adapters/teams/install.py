"""Puts the app beside somebody who is to be written to and does not have it, through Microsoft Graph. Off by default.

learn.microsoft.com, "Proactively install your bot for users using Microsoft Graph": one permission with an admin's
consent (TeamsAppInstallation.ReadWriteSelfForUser.All), the app in the organization's catalog, and its id there. It is asked
only where our direct chat never was: whoever removed or blocked the app is left alone.
"""

import json
from urllib.parse import quote

import aiohttp
import structlog

from adapters.teams.config import TeamsConfig
from adapters.teams.references import local_id
from adapters.teams.tokens import Tokens
from adapters.teams.wire import ConnectorAnswered, NotSent, PerhapsSent, Wire

log = structlog.get_logger(__name__)

JSON = {"Content-Type": "application/json"}
# How the connector says of somebody that they do not have the app ("Status codes from bot conversational APIs").
DOES_NOT_HAVE_IT = "ForbiddenOperationException"
_FOR_LATER = frozenset({429, 500, 502, 503, 504})


class Installer:
    """One for the process."""

    def __init__(self, config: TeamsConfig, session: aiohttp.ClientSession) -> None:
        self._graph = config.graph_url.rstrip("/")
        self._app = config.catalog_app_id
        self._wire = Wire(session, Tokens(config, session, self._graph))

    async def install_for(self, account: str, refused: ConnectorAnswered) -> None:
        """Returns if they have the app now, or had it already.

        Raises `refused`, with what Graph says to it, if they may not have it: no consent, a policy, nobody of that id.
        """
        if not self._app or refused.code != DOES_NOT_HAVE_IT:
            raise refused
        try:
            await self._ask(local_id(account))
        except ConnectorAnswered as answered:
            if answered.status == 409:  # they have it: Teams was still busy with it
                return
            if answered.status in _FOR_LATER:
                raise
            log.warning("app_not_installed", account=account, status=answered.status, code=answered.code)
            raise ConnectorAnswered(refused.status, refused.code, None, f"Graph: {answered}") from answered
        except PerhapsSent as error:  # installing twice is installing once; no message is in doubt
            raise NotSent(str(error)) from error
        except NotSent as error:  # Graph is out of reach; the connector may well be there
            raise NotSent(f"Graph: {error}") from error
        log.info("app_installed", account=account)

    async def _ask(self, person: str) -> None:
        """https://learn.microsoft.com/graph/api/userteamwork-post-installedapps"""
        body = json.dumps({"teamsApp@odata.bind": f"{self._graph}/v1.0/appCatalogs/teamsApps/{self._app}"})
        await self._wire.request(
            "POST", f"{self._graph}/v1.0/users/{quote(person, safe='')}/teamwork/installedApps", JSON, body
        )
