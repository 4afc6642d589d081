"""What admux made, as LinkedIn's official Python client reads it: a campaign group, a campaign and a creative."""

import json
import os

import linkedin_api.common.constants as constants
from linkedin_api.clients.restli.client import RestliClient

constants.VERSIONED_BASE_URL = os.environ["SIM_URL"] + "/rest"
client = RestliClient()
common = {"access_token": os.environ["SIM_TOKEN"], "version_string": "202609"}
account = f"/adAccounts/{os.environ['SIM_ACCOUNT']}"


def get(kind, key):
    answer = client.get(resource_path=f"{account}/{kind}/{{id}}", path_keys={"id": key}, **common)
    assert answer.status_code == 200, answer.response.text
    return answer.entity


campaign = get("adCampaignGroups", os.environ["CAMPAIGN"])
group = get("adCampaigns", os.environ["GROUP"])
creative = get("creatives", f"urn:li:sponsoredCreative:{os.environ['AD']}")
print(json.dumps({
    "campaign": campaign["name"], "status": campaign["status"], "budget": campaign["dailyBudget"]["amount"],
    "group": group["name"], "belongs": group["campaignGroup"].split(":")[-1] == os.environ["CAMPAIGN"],
    "ad": creative["campaign"].split(":")[-1] == os.environ["GROUP"],
}))
