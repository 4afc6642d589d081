"""A second public client, amazon-ads-api-connector, against the simulator.

Only its table of regions is replaced. Prints "OK name" for each step.
"""

import decimal
import json
import os
from types import SimpleNamespace

from amazon_ads_api_connector import AdvertisedProductReport, AmazonAdsAPIConnector, CampaignsReport, SearchTermReport, TargetingReport

ENV = os.environ
LEDGER = json.loads(ENV["SIM_LEDGER"])


def ok(name):
    print("OK", name, flush=True)


def main():
    region = SimpleNamespace(value={"url": ENV["SIM_URL"] + "/" + ENV["SIM_REGION"], "authorization_url": ENV["SIM_URL"] + "/auth/o2/token"})
    c = AmazonAdsAPIConnector({"client_id": ENV["SIM_CLIENT_ID"], "client_secret": ENV["SIM_CLIENT_SECRET"],
                               "refresh_token": ENV["SIM_REFRESH"], "profile_id": ENV["SIM_ACCOUNT"]}, region)
    assert c.creds["refresh_token"] == ENV["SIM_REFRESH"]
    ok("token")
    for name in ("campaigns", "ad_groups", "product_ads", "keywords", "negative_keywords", "campaign_negative_keywords", "targeting_clauses"):
        assert getattr(c, "list_" + name)(), name
        ok(name)
    made = c.create_campaigns({"name": "Connector", "targetingType": "MANUAL", "state": "PAUSED", "budget": {"budgetType": "DAILY", "budget": 10}})
    cid = made["campaigns"]["success"][0]["campaignId"]
    group = c.create_ad_groups({"campaignId": cid, "name": "G", "state": "ENABLED", "defaultBid": 0.5})["adGroups"]["success"][0]["adGroupId"]
    word = {"campaignId": cid, "adGroupId": group, "keywordText": "shoes", "matchType": "EXACT", "state": "ENABLED", "bid": 0.4}
    kid = c.create_keywords(word)["keywords"]["success"][0]["keywordId"]
    assert c.create_keywords(word)["keywords"]["error"][0]["errors"][0]["errorType"] == "duplicateValueError"
    assert c.update_keywords({"keywordId": kid, "bid": 0.6})["keywords"]["success"]
    assert [k["bid"] for k in c.list_keywords(campaign_ids=cid)] == [0.6]
    assert c.delete_campaigns(cid)["campaigns"]["success"]
    ok("writes")
    for kind in (CampaignsReport, TargetingReport, SearchTermReport, AdvertisedProductReport):
        made = c.create_report(kind(ENV["SIM_SINCE"], ENV["SIM_UNTIL"]))
        rows = c.get_report(made)
        if kind is not SearchTermReport:
            for column, name in (("cost", "cost"), ("purchases14d", "conversions"), ("sales14d", "conversion_value")):
                total = sum(decimal.Decimal(str(r.get(column) or 0)) for r in rows)
                assert total == decimal.Decimal(LEDGER[name]), (kind, column, total, LEDGER)
        ok(kind.__name__)


main()
