"""Meta's official Python client against the simulator.

Only its host constant is changed. Prints "OK name" for each step and fails at
the first that does not hold.
"""

import decimal
import json
import os

from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

FacebookSession.GRAPH = os.environ["SIM_URL"]
ACCOUNT = "act_" + os.environ["SIM_ACCOUNT"]
RANGE = {"since": os.environ["SIM_SINCE"], "until": os.environ["SIM_UNTIL"]}
# What the ledger says of that account and range.
LEDGER = json.loads(os.environ["SIM_LEDGER"])
CREDITED = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
LEADS = ("lead", "onsite_conversion.lead_grouped", "offsite_conversion.fb_pixel_lead")
INSTALLS = ("omni_app_install", "mobile_app_install", "app_install")


def ok(name):
    print("OK", name, flush=True)


def total(rows, field):
    return sum(decimal.Decimal(r[field]) for r in rows)


def event(row):
    """The one event that a campaign's objective is about, first view present."""
    objective = row["objective"]
    views = LEADS if "LEAD" in objective else INSTALLS if "APP" in objective else CREDITED
    by_type = {a["action_type"]: a for a in row.get("actions") or []}
    return next((decimal.Decimal(by_type[v]["value"]) for v in views if v in by_type), decimal.Decimal(0))


def refused(call, code, subcode=None, status=400):
    try:
        call()
    except FacebookRequestError as e:
        got = (e.http_status(), e.api_error_code(), e.api_error_subcode())
        assert got == (status, code, subcode), (got, e.body())
        return e
    raise AssertionError("the call succeeded")


def walk_objects(account):
    accounts = list(User("me").get_ad_accounts(fields=["account_id", "name", "currency"], params={"limit": 2}))
    assert len(accounts) > 2 and any(a["id"] == ACCOUNT for a in accounts), accounts
    ok("accounts over pages")

    account.api_get(fields=["name", "currency", "timezone_name", "account_status", "amount_spent"])
    assert account["currency"] == os.environ["SIM_CURRENCY"] and account["amount_spent"].isdigit()
    ok("account")

    campaigns = account.get_campaigns(fields=["name", "objective", "status", "effective_status", "created_time"], params={"limit": 2})
    ids = [c["id"] for c in campaigns]
    assert len(ids) == len(set(ids)) > 2 and campaigns.total() == len(ids), (ids, campaigns.total())
    ok("campaigns over pages, with a total")

    sets = list(account.get_ad_sets(fields=["name", "campaign_id", "daily_budget", "targeting"], params={"limit": 5}))
    assert sets and all(isinstance(s["daily_budget"], str) for s in sets if "daily_budget" in s)
    of_one = list(Campaign(ids[0]).get_ad_sets(fields=["campaign_id"], params={"limit": 1}))
    assert of_one and all(s["campaign_id"] == ids[0] for s in of_one)
    ok("ad sets over pages, of the account and of a campaign")

    ads = list(account.get_ads(fields=["name", "adset_id", "campaign_id", "creative", "effective_status"], params={"limit": 20}))
    assert ads and len({a["id"] for a in ads}) == len(ads)
    creative = AdCreative(ads[0]["creative"]["id"])
    creative.api_get(fields=["name", "object_story_spec", "object_type"])
    assert creative["id"] == ads[0]["creative"]["id"]
    listed = list(account.get_ad_creatives(fields=["name"], params={"limit": 25}))
    assert creative["id"] in {c["id"] for c in listed}
    ok("ads and their creatives")
    return ads


def report(account, ads):
    fields = ["impressions", "clicks", "spend", "objective", "actions", "action_values", "campaign_id"]
    params = {"level": "campaign", "time_range": RANGE, "time_increment": 1, "limit": 7,
              "filtering": [{"field": "campaign.effective_status", "operator": "IN",
                             "value": ["ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES"]}]}
    rows = list(account.get_insights(fields=fields, params=params))
    assert len(rows) > 7 and all(r["date_start"] == r["date_stop"] for r in rows)
    for name in ("impressions", "clicks", "spend"):
        assert total(rows, name) == decimal.Decimal(LEDGER[name]), (name, total(rows, name), LEDGER)
    assert sum(event(r) for r in rows) == decimal.Decimal(LEDGER["conversions"]), LEDGER
    ok("insights by day, equal to the ledger")

    split = list(account.get_insights(fields=["impressions", "spend"], params={
        "level": "account", "time_range": RANGE, "breakdowns": ["age", "gender"], "limit": 500}))
    assert {"age", "gender"} <= set(split[0]) and total(split, "spend") == decimal.Decimal(LEDGER["spend"])
    placed = list(Ad(ads[0]["id"]).get_insights(fields=["impressions", "reach"], params={
        "date_preset": "maximum", "breakdowns": ["publisher_platform", "platform_position"]}))
    assert all("publisher_platform" in r and "platform_position" in r for r in placed)
    ok("insights with breakdowns")

    refused(lambda: account.get_insights(fields=["impressions"], params={"breakdowns": ["platform_position"]}), 100)
    refused(lambda: account.get_insights(fields=["age"]), 100)
    ok("insights refused")

    job = account.get_insights_async(fields=list(fields), params={**params, "level": "ad", "limit": 500})
    early = AdReportRun(job["report_run_id"]).get_insights
    e = refused(early, 2601, 1815107)
    assert e.api_transient_error(), e.body()
    run = AdReportRun(job["report_run_id"])
    seen = []
    for _ in range(20):
        run.api_get()
        seen.append((run["async_status"], run["async_percent_completion"]))
        if run["async_status"] == "Job Completed" and run["async_percent_completion"] == 100:
            break
    assert ("Job Running", 100) in seen and seen[-1] == ("Job Completed", 100), seen
    rows = list(run.get_insights(params={"limit": 100}))
    assert rows and set(r["objective"] for r in rows)
    ok("insights asynchronously")


def batch(api, ads):
    got, failed = [], []
    b = api.new_batch()
    for ad in ads[:3]:
        Ad(ad["id"]).api_get(fields=["name"], batch=b, success=lambda r: got.append(r.json()["id"]))
    Ad("1").api_get(fields=["name"], batch=b, failure=lambda r: failed.append(r.error()))
    assert b.execute() is None
    assert got == [a["id"] for a in ads[:3]] and failed[0].api_error_code() == 100
    ok("batch")


def write(account):
    made = account.create_campaign(params={
        "name": "By the official client, \u00fc", "objective": "OUTCOME_TRAFFIC", "status": "PAUSED",
        "special_ad_categories": [], "daily_budget": 5000, "bid_strategy": "LOWEST_COST_WITHOUT_CAP"})
    campaign = Campaign(made["id"])
    campaign.api_get(fields=["name", "daily_budget", "objective"])
    assert campaign["daily_budget"] == "5000" and campaign["name"].endswith("\u00fc"), campaign
    ok("create")

    campaign.api_update(params={"name": "Renamed", "daily_budget": 7500})
    assert Campaign(made["id"]).api_get(fields=["name", "daily_budget"])["daily_budget"] == "7500"
    ok("update")

    campaign.api_delete()
    again = Campaign(made["id"]).api_get(fields=["status", "effective_status"])
    assert again["status"] == "DELETED", again
    assert made["id"] not in {c["id"] for c in account.get_campaigns(params={"limit": 100})}
    ok("delete")

    refused(lambda: account.create_campaign(params={"name": "x", "objective": "OUTCOME_TRAFFIC", "special_ad_categories": []}), 100, 4834011)
    refused(lambda: AdSet("120300000000000000").api_get(fields=["name"]), 100, 33)
    refused(lambda: account.api_get(fields=["no_such_field"]), 100)
    ok("errors with code and subcode")


def main():
    api = FacebookAdsApi.init(
        app_id=os.environ["SIM_CLIENT_ID"], app_secret=os.environ["SIM_CLIENT_SECRET"],
        access_token=os.environ["SIM_TOKEN"], crash_log=False)
    account = AdAccount(ACCOUNT)
    ads = walk_objects(account)
    report(account, ads)
    batch(api, ads)
    write(account)


main()
