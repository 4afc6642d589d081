"""What admux made, as Google's official Python client reads it (over the bridge to gRPC): a campaign, its budget, an ad
group and an ad."""

import json
import os
import sys

sys.path.insert(0, os.environ["BRIDGE"])
import bridge  # noqa: E402

endpoint, _ = bridge.start(os.environ["SIM_URL"])

from google.ads.googleads.client import GoogleAdsClient  # noqa: E402
from google.oauth2.credentials import Credentials  # noqa: E402

ads = GoogleAdsClient(credentials=Credentials(os.environ["SIM_TOKEN"]), developer_token="x", endpoint=endpoint, version="v26",
                      login_customer_id=os.environ["SIM_LOGIN"], use_proto_plus=True)
search = ads.get_service("GoogleAdsService")


def one(query):
    (row,) = [r for batch in search.search_stream(customer_id=os.environ["SIM_ACCOUNT"], query=query) for r in batch.results]
    return row


campaign = one("SELECT campaign.name, campaign.status, campaign_budget.amount_micros, campaign_budget.explicitly_shared FROM campaign "
               f"WHERE campaign.id = {os.environ['CAMPAIGN']}")
group = one(f"SELECT ad_group.name, campaign.id FROM ad_group WHERE ad_group.id = {os.environ['GROUP']}")
ad = one(f"SELECT ad_group.id, ad_group_ad.ad.id FROM ad_group_ad WHERE ad_group_ad.ad.id = {os.environ['AD'].split('~')[-1]} AND ad_group.id = {os.environ['GROUP']}")
assert not campaign.campaign_budget.explicitly_shared
print(json.dumps({
    "campaign": campaign.campaign.name, "status": campaign.campaign.status.name, "budget": str(campaign.campaign_budget.amount_micros / 1e6),
    "group": group.ad_group.name, "belongs": str(group.campaign.id) == os.environ["CAMPAIGN"], "ad": str(ad.ad_group.id) == os.environ["GROUP"],
}))
