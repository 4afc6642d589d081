"""LinkedIn's official Python client against the simulator.

Only its host constants are changed. Prints "OK name" for each step and fails
at the first that does not hold.
"""

import datetime
import html
import os
import re
import urllib.parse

import linkedin_api.clients.auth.utils.oauth as oauth
import linkedin_api.common.constants as constants
import requests
from linkedin_api.clients.auth.client import AuthClient
from linkedin_api.clients.restli.client import RestliClient

SIM = os.environ["SIM_URL"]
constants.VERSIONED_BASE_URL = f"{SIM}/rest"
constants.NON_VERSIONED_BASE_URL = f"{SIM}/v2"
constants.OAUTH_BASE_URL = oauth.OAUTH_BASE_URL = f"{SIM}/oauth/v2"

VERSION = os.environ["SIM_VERSION"]
ACCOUNT = os.environ["SIM_ACCOUNT"]
URN = f"urn:li:sponsoredAccount:{ACCOUNT}"
TODAY = datetime.datetime.fromisoformat(os.environ["SIM_NOW"].replace("Z", "+00:00"))


def ok(name):
    print("OK", name)


def consent(url, decision):
    """What the member's browser would do: open the page, press a button."""
    page = requests.get(url).text
    fields = dict(
        (k, html.unescape(v))
        for k, v in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    )
    answer = requests.post(
        f"{SIM}/oauth/v2/authorization",
        data={**fields, "decision": decision},
        allow_redirects=False,
    )
    assert answer.status_code == 302, answer.status_code
    query = urllib.parse.urlparse(answer.headers["Location"]).query
    return dict(urllib.parse.parse_qsl(query))


def date(d):
    return {"year": d.year, "month": d.month, "day": d.day}


def main():
    auth = AuthClient(
        client_id=os.environ["SIM_CLIENT_ID"],
        client_secret=os.environ["SIM_CLIENT_SECRET"],
        redirect_url=os.environ["SIM_REDIRECT"],
    )
    url = auth.generate_member_auth_url(scopes=["r_ads", "rw_ads", "r_ads_reporting"], state="st2")
    assert consent(url, "cancel_login")["error"] == "user_cancelled_login"
    ok("login cancelled")

    back = consent(url, "allow")
    assert back["state"] == "st2"
    first = auth.exchange_auth_code_for_access_token(code=back["code"])
    assert first.status_code == 200 and first.expires_in == 5184000, first.response.text
    again = auth.exchange_auth_code_for_access_token(code=back["code"])
    assert again.status_code == 400 and again.access_token is None
    ok("exchange, once")

    # The replayed code ended that consent; consent anew.
    first = auth.exchange_auth_code_for_access_token(code=consent(url, "allow")["code"])
    fresh = auth.exchange_refresh_token_for_access_token(refresh_token=first.refresh_token)
    assert fresh.status_code == 200 and fresh.access_token != first.access_token
    ok("refresh")

    seen = auth.introspect_access_token(access_token=fresh.access_token)
    assert seen.active and seen.status == "active" and seen.auth_type == "3L"
    ok("introspect")

    client = RestliClient()
    common = {"access_token": fresh.access_token, "version_string": VERSION}
    groups = f"/adAccounts/{ACCOUNT}/adCampaignGroups"

    found = client.finder(
        resource_path="/adAccounts", finder_name="search",
        query_params={"search": {"status": {"values": ["ACTIVE"]}, "test": False}, "pageSize": 10, "fields": "id,name"},
        **common,
    )
    assert found.status_code == 200 and any(str(a["id"]) == ACCOUNT for a in found.elements), found.response.text
    ok("finder")

    one = client.get(resource_path="/adAccounts/{id}", path_keys={"id": ACCOUNT}, **common)
    assert str(one.entity["id"]) == ACCOUNT
    ok("get")

    campaigns = client.finder(
        resource_path=f"/adAccounts/{ACCOUNT}/adCampaigns", finder_name="search",
        query_params={"search": {"status": {"values": ["ACTIVE", "PAUSED"]}}, "pageSize": 3}, **common,
    ).elements
    many = client.batch_get(
        resource_path=f"/adAccounts/{ACCOUNT}/adCampaigns", ids=[c["id"] for c in campaigns] + [1], **common
    )
    assert len(many.results) == 3 and many.errors["1"]["status"] == 404, many.response.text
    ok("batch_get")

    made = client.create(
        resource_path=groups,
        entity={"account": URN, "name": "Python, \u00fc", "status": "DRAFT", "runSchedule": {"start": int(TODAY.timestamp() * 1000)}},
        **common,
    )
    assert made.status_code == 201 and made.decoded_entity_id.isdigit(), made.response.text
    ok("create")

    changed = client.partial_update(
        resource_path=groups + "/{id}", path_keys={"id": made.decoded_entity_id},
        patch_set_object={"name": "Renamed"}, **common,
    )
    assert changed.status_code == 204
    read = client.get(resource_path=groups + "/{id}", path_keys={"id": made.decoded_entity_id}, **common)
    assert read.entity["name"] == "Renamed"
    ok("partial_update")

    gone = client.delete(resource_path=groups + "/{id}", path_keys={"id": made.decoded_entity_id}, **common)
    assert gone.status_code == 204
    ok("delete")

    query = {
        "pivot": "CREATIVE", "timeGranularity": "DAILY", "count": 15000,
        "dateRange": {"start": date(TODAY - datetime.timedelta(30)), "end": date(TODAY - datetime.timedelta(1))},
        "accounts": [URN], "fields": "dateRange,pivotValues,impressions,clicks,costInLocalCurrency",
    }
    report = client.finder(resource_path="/adAnalytics", finder_name="analytics", query_params=query, **common)
    assert report.status_code == 200 and report.elements, report.response.text
    ok("analytics")

    urns = sorted({e["pivotValues"][0] for e in report.elements})
    urns += [f"urn:li:sponsoredCreative:{n}" for n in range(1000, 1200)]
    long = client.finder(
        resource_path="/adAnalytics", finder_name="analytics", query_params={**query, "creatives": urns}, **common
    )
    assert long.response.request.method == "POST"
    assert len(long.elements) == len(report.elements), long.response.text[:300]
    ok("tunnelled long query")


main()
