"""What admux made, as Meta's official Python client reads it: a campaign, an ad set, an ad and its creative."""

import json
import os

from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

FacebookSession.GRAPH = os.environ["SIM_URL"]
FacebookAdsApi.init(app_id=os.environ["SIM_CLIENT_ID"], app_secret=os.environ["SIM_CLIENT_SECRET"], access_token=os.environ["SIM_TOKEN"], crash_log=False)
campaign = Campaign(os.environ["CAMPAIGN"]).api_get(fields=["name", "status", "daily_budget"])
group = AdSet(os.environ["GROUP"]).api_get(fields=["name", "campaign_id"])
ad = Ad(os.environ["AD"]).api_get(fields=["adset_id", "creative"])
print(json.dumps({
    "campaign": campaign["name"], "status": campaign["status"], "budget": str(int(campaign["daily_budget"]) / 100),
    "group": group["name"], "belongs": group["campaign_id"] == os.environ["CAMPAIGN"],
    "ad": ad["adset_id"] == os.environ["GROUP"] and ad["creative"]["id"] == os.environ["CREATIVE"],
}))
