"""The public Python client for Amazon Ads against the simulator.

Only its host constants are changed. Prints "OK name" for each step and fails
at the first that does not hold.
"""

import decimal
import json
import os
import warnings

from ad_api.api import Account, Exports, Portfolios, Profiles, PortfoliosV3, Reports, sb, sd, sp
from ad_api.auth import AccessTokenClient
from ad_api.base.exceptions import AdvertisingApiException

warnings.simplefilter("ignore")
ENV = os.environ
HOST = ENV["SIM_URL"].removeprefix("http://")
AccessTokenClient.scheme = "http://"
AccessTokenClient.host = HOST
LEDGER = json.loads(ENV["SIM_LEDGER"])
CREDENTIALS = {
    "refresh_token": ENV["SIM_REFRESH"], "client_id": ENV["SIM_CLIENT_ID"],
    "client_secret": ENV["SIM_CLIENT_SECRET"], "profile_id": ENV["SIM_ACCOUNT"],
}


def ok(name):
    print("OK", name, flush=True)


def api(kind):
    client = kind(credentials=CREDENTIALS)
    client.endpoint = ENV["SIM_URL"] + "/" + ENV["SIM_REGION"]
    return client


def walk(call, wrapper, **body):
    """Follows nextToken to the end."""
    out, token = [], None
    while True:
        page = call(body=json.dumps(body | ({"nextToken": token} if token else {}))).payload
        out += page[wrapper]
        token = page.get("nextToken")
        if not token:
            return out


def profiles():
    listed = api(Profiles).list_profiles().payload
    assert any(str(p["profileId"]) == ENV["SIM_ACCOUNT"] and p["currencyCode"] == "EUR" for p in listed), listed
    accounts = api(Account).list_accounts(body={}).payload["adsAccounts"]
    assert any(i.get("profileId") == int(ENV["SIM_ACCOUNT"]) for a in accounts for i in a["alternateIds"]), accounts


def products():
    campaigns = walk(api(sp.CampaignsV3).list_campaigns, "campaigns", maxResults=1, includeExtendedDataFields=True)
    assert len(campaigns) > 1 and all(isinstance(c["campaignId"], str) for c in campaigns)
    assert all(c["extendedData"]["servingStatus"] for c in campaigns)
    groups = walk(api(sp.AdGroupsV3).list_ad_groups, "adGroups")
    ads = walk(api(sp.ProductAdsV3).list_product_ads, "productAds", stateFilter={"include": ["ENABLED"]})
    keywords = walk(api(sp.KeywordsV3).list_keywords, "keywords")
    targets = walk(api(sp.TargetsV3).list_product_targets, "targetingClauses")
    assert groups and ads and keywords and targets
    return campaigns


def write_products():
    campaigns = api(sp.CampaignsV3)
    made = campaigns.create_campaigns(prefer=True, body=json.dumps({"campaigns": [
        {"name": "From Python", "targetingType": "MANUAL", "state": "PAUSED", "budget": {"budgetType": "DAILY", "budget": 12.5}},
        {"name": "From Python", "targetingType": "MANUAL", "state": "PAUSED", "budget": {"budgetType": "DAILY", "budget": 12.5}},
    ]})).payload["campaigns"]
    assert len(made["success"]) == 1 and made["success"][0]["campaign"]["budget"]["budget"] == 12.5, made
    assert made["error"][0]["errors"][0]["errorType"] == "duplicateValueError", made
    cid = made["success"][0]["campaignId"]
    changed = campaigns.edit_campaigns(body={"campaigns": [{"campaignId": cid, "state": "ENABLED"}]}).payload["campaigns"]
    assert changed["success"] and not changed["error"], changed
    gone = campaigns.delete_campaigns(body={"campaignIdFilter": {"include": [cid]}}).payload["campaigns"]
    assert gone["success"][0]["campaignId"] == cid, gone
    left = walk(campaigns.list_campaigns, "campaigns", campaignIdFilter={"include": [cid]})
    assert left[0]["state"] == "ARCHIVED", left


def brands():
    campaigns = walk(api(sb.CampaignsV4).list_campaigns, "campaigns", maxResults=1)
    groups = walk(api(sb.AdGroupsV4).list_ad_groups, "adGroups")
    ads = walk(api(sb.AdsV4).list_ads, "ads")
    assert campaigns and groups and ads and isinstance(campaigns[0]["budget"], (int, float))
    assert api(sb.Keywords).list_keywords().payload
    assert api(sb.Brands).list_brands().payload[0]["brandEntityId"]


def display():
    campaigns = api(sd.Campaigns).list_campaigns(startIndex=0, count=100).payload
    assert campaigns and isinstance(campaigns[0]["campaignId"], int) and campaigns[0]["state"].islower()
    extended = api(sd.Campaigns).list_campaigns_extended(stateFilter="enabled,paused").payload
    assert all(c["servingStatus"] for c in extended)
    assert api(sd.AdGroups).list_ad_groups().payload and api(sd.ProductAds).list_product_ads().payload
    made = api(sd.Campaigns).create_campaigns(body=json.dumps([{"name": "Display from Python", "tactic": "T00020", "budgetType": "daily",
                                                    "budget": 20, "costType": "cpc", "state": "paused"}])).payload
    assert made[0]["code"] == "SUCCESS", made
    assert api(sd.Campaigns).delete_campaign(campaignId=made[0]["campaignId"]).payload["code"] == "SUCCESS"


def portfolios():
    assert walk(api(PortfoliosV3).list_portfolios, "portfolios")


def export():
    made = api(Exports).campaigns_export(body={"adProductFilter": ["SPONSORED_PRODUCTS"]}).payload
    for _ in range(5):
        done = api(Exports).get_export(exportId=made["exportId"], typeExport="campaigns").payload
        if done["status"] == "COMPLETED":
            return
    raise AssertionError(done)


def report(product, kind, orders, sales):
    client = api(Reports)
    body = {"name": "n", "startDate": ENV["SIM_SINCE"], "endDate": ENV["SIM_UNTIL"], "configuration": {
        "adProduct": product, "reportTypeId": kind, "groupBy": ["campaign"], "timeUnit": "DAILY", "format": "GZIP_JSON",
        "columns": ["date", "campaignId", "impressions", "clicks", "cost", orders, sales]}}
    made = client.post_report(body=json.dumps(body)).payload
    try:
        client.post_report(body=json.dumps(body))
        raise AssertionError("a duplicate was taken")
    except AdvertisingApiException as e:
        assert e.code == 425 and made["reportId"] in e.error["detail"], (e.code, e.error)
    for _ in range(9):
        made = client.get_report(reportId=made["reportId"]).payload
        if made["status"] == "COMPLETED":
            break
    rows = client.download_report(url=made["url"], format="data").payload
    total = lambda f: sum(decimal.Decimal(str(r.get(f) or 0)) for r in rows)
    return {"impressions": total("impressions"), "clicks": total("clicks"), "cost": total("cost"),
            "conversions": total(orders), "conversion_value": total(sales)}


def refused():
    try:
        api(sp.CampaignsV3).list_campaigns(body={"stateFilter": {"include": ["enabled"]}})
        raise AssertionError("a state in lower case was taken")
    except AdvertisingApiException as e:
        assert e.code == 400, e.code


def main():
    for step in (profiles, products, write_products, brands, display, portfolios, export, refused):
        step()
        ok(step.__name__)
    sums = {}
    for product, kind, orders, sales in (("SPONSORED_PRODUCTS", "spCampaigns", "purchases14d", "sales14d"),
                                         ("SPONSORED_BRANDS", "sbCampaigns", "purchases", "sales"),
                                         ("SPONSORED_DISPLAY", "sdCampaigns", "purchases", "sales")):
        for name, value in report(product, kind, orders, sales).items():
            sums[name] = sums.get(name, 0) + value
        ok(kind)
    for name, value in LEDGER.items():
        assert sums[name] == decimal.Decimal(value), (name, sums[name], value)
    ok("the reports are the ledger")


main()
