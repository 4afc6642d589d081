"""TikTok's official Python client against the simulator.

Only its host is changed. Prints "OK name" for each step and fails at the first
that does not hold.
"""

import decimal
import hashlib
import json
import os
import tempfile

import business_api_client as api
from business_api_client.tiktok_business.tiktok_exceptions import TiktokSDKError

TOKEN = os.environ["SIM_TOKEN"]
ACCOUNT = os.environ["SIM_ACCOUNT"]
# What the ledger says of that account and range.
LEDGER = json.loads(os.environ["SIM_LEDGER"])
RANGE = {"start_date": os.environ["SIM_SINCE"], "end_date": os.environ["SIM_UNTIL"]}
CLIENT = None


def ok(name):
    print("OK", name, flush=True)


def refused(call, code):
    try:
        call()
    except TiktokSDKError as e:
        assert str(code) in str(e), e
        return
    raise AssertionError("the call succeeded")


def walk(get, **kwargs):
    """All pages of a list."""
    out, page = [], 1
    while True:
        data = get(page=page, **kwargs)["data"]
        out += data["list"]
        if page >= data["page_info"]["total_page"]:
            assert len(out) == data["page_info"]["total_number"], data["page_info"]
            return out
        page += 1


def accounts():
    auth = api.AuthenticationApi(CLIENT)
    listed = auth.oauth2_advertiser_get(os.environ["SIM_CLIENT_ID"], os.environ["SIM_CLIENT_SECRET"], TOKEN)["data"]["list"]
    ids = [a["advertiser_id"] for a in listed]
    assert ACCOUNT in ids and len(ids) > 3, listed
    ok("accounts")
    info = api.AccountManagementApi(CLIENT).advertiser_info(ids, TOKEN, fields=["name", "currency", "timezone"])["data"]["list"]
    assert next(a for a in info if a["advertiser_id"] == ACCOUNT)["currency"] == os.environ["SIM_CURRENCY"]
    ok("their currency")
    answer = auth.oauth2_access_token(body=api.Oauth2AccessTokenBody(
        app_id=os.environ["SIM_CLIENT_ID"], secret=os.environ["SIM_CLIENT_SECRET"], auth_code=os.environ["SIM_CODE"]))
    assert answer["data"]["access_token"] and max(answer["data"]["scope"]) > 2**53, answer
    ok("a token for a code")


def objects():
    campaigns = api.CampaignCreationApi(CLIENT)
    every = walk(lambda **k: campaigns.campaign_get(ACCOUNT, TOKEN, **k), page_size=2, filtering={"primary_status": "STATUS_ALL"})
    assert len({c["campaign_id"] for c in every}) == len(every) > 2
    few = campaigns.campaign_get(ACCOUNT, TOKEN, fields=["campaign_id", "budget"], filtering={"campaign_ids": [every[0]["campaign_id"]]})
    assert few["request_id"]
    ok("campaigns over pages")
    groups = walk(lambda **k: api.AdgroupApi(CLIENT).adgroup_get(ACCOUNT, TOKEN, **k), page_size=5)
    assert groups and all(isinstance(g["budget"], (int, float)) for g in groups)
    ok("ad groups")
    ads = walk(lambda **k: api.AdApi(CLIENT).ad_get(ACCOUNT, TOKEN, **k), page_size=20)
    smart = walk(lambda **k: api.AdApi(CLIENT).smart_plus_ad_get(ACCOUNT, TOKEN, **k), page_size=20)
    assert smart and {a["smart_plus_ad_id"] for a in smart} <= {a.get("ad_id_v2") for a in ads}
    ok("ads and Smart+ ads")
    quota = api.AdgroupApi(CLIENT).adgroup_quota(ACCOUNT, TOKEN)["data"]
    assert quota["total_adgroup_quota"] == 5000
    ok("quota")


def total(rows, *names):
    return sum(decimal.Decimal(r["metrics"][n]) for r in rows for n in names)


def reports():
    reporting = api.ReportingApi(CLIENT)
    value = ["total_complete_payment_rate", "total_purchase_value", "total_onsite_shopping_value"]
    everything = [{"field_name": "campaign_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}]
    rows = walk(lambda **k: reporting.report_integrated_get("BASIC", TOKEN, **k), advertiser_id=ACCOUNT, data_level="AUCTION_CAMPAIGN",
                dimensions=["campaign_id", "stat_time_day"], metrics=["impressions", "clicks", "spend", "conversion", "campaign_name"] + value,
                page_size=7, query_lifetime=False, filtering=everything, **RANGE)
    assert len(rows) > 7
    for metric, name in {"impressions": "impressions", "clicks": "clicks", "spend": "spend", "conversion": "conversions"}.items():
        assert total(rows, metric) == decimal.Decimal(LEDGER[name]), (metric, total(rows, metric), LEDGER)
    assert total(rows, *value) == decimal.Decimal(LEDGER["value"]), LEDGER
    ok("a report by day, equal to the ledger")
    split = walk(lambda **k: reporting.report_integrated_get("AUDIENCE", TOKEN, **k), advertiser_id=ACCOUNT, data_level="AUCTION_ADVERTISER",
                 dimensions=["advertiser_id", "age", "gender"], metrics=["spend"], page_size=1000, **RANGE)
    assert total(split, "spend") == decimal.Decimal(LEDGER["spend"])
    ok("a report by age and gender")
    refused(lambda: reporting.report_integrated_get("BASIC", TOKEN, advertiser_id=ACCOUNT, data_level="AUCTION_CAMPAIGN",
                                                    dimensions=["campaign_id"], metrics=["nonsense"], **RANGE), 40002)
    ok("a report refused")
    task = reporting.report_task_create(TOKEN, body=api.ReportTaskCreateBody(
        advertiser_id=ACCOUNT, report_type="BASIC", data_level="AUCTION_AD", dimensions=["ad_id", "stat_time_day"],
        metrics=["spend"], output_format="CSV_DOWNLOAD", enable_report_title_translation=False, **RANGE))["data"]["task_id"]
    seen = [reporting.report_task_check(task, ACCOUNT, TOKEN)["data"]["status"] for _ in range(3)]
    assert seen == ["QUEUING", "PROCESSING", "SUCCESS"], seen
    ok("a task")


def write():
    campaigns, groups, ads = api.CampaignCreationApi(CLIENT), api.AdgroupApi(CLIENT), api.AdApi(CLIENT)
    made = campaigns.campaign_create(TOKEN, body=api.CampaignCreateBody(
        advertiser_id=ACCOUNT, campaign_name="By the official client, \u00fc", objective_type="TRAFFIC", budget_mode="BUDGET_MODE_DAY",
        budget=75.5, operation_status="DISABLE", request_id="77"))["data"]
    assert made["budget"] == 75.5 and made["operation_status"] == "DISABLE", made
    ok("a campaign created")
    group = groups.adgroup_create(TOKEN, body=api.AdgroupCreateBody(
        advertiser_id=ACCOUNT, campaign_id=made["campaign_id"], adgroup_name="G", promotion_type="WEBSITE", placement_type="PLACEMENT_TYPE_NORMAL",
        placements=["PLACEMENT_TIKTOK"], location_ids=["2921044"], budget_mode="BUDGET_MODE_DAY", budget=25.0, schedule_type="SCHEDULE_FROM_NOW",
        schedule_start_time="2030-01-01 00:00:00", optimization_goal="CLICK", billing_event="CPC", bid_type="BID_TYPE_NO_BID",
        pacing="PACING_MODE_SMOOTH", operation_status="DISABLE"))["data"]["adgroup_id"]
    ok("an ad group created")
    with tempfile.NamedTemporaryFile(suffix=".mp4") as f:
        f.write(b"a film")
        f.flush()
        films = api.FileApi(CLIENT).ad_video_upload(TOKEN, advertiser_id=ACCOUNT, upload_type="UPLOAD_BY_FILE", video_file=f.name,
                                                    file_name="official.mp4", video_signature=hashlib.md5(b"a film").hexdigest(), flaw_detect=True)["data"]
    assert isinstance(films, list) and films[0]["video_id"]
    found = api.FileApi(CLIENT).ad_video_info(ACCOUNT, [films[0]["video_id"]], TOKEN)["data"]["list"]
    assert not found[0]["displayable"]
    image = api.FileApi(CLIENT).ad_image_upload(TOKEN, advertiser_id=ACCOUNT, upload_type="UPLOAD_BY_URL", image_url="https://cdn.example/official.png")["data"]
    ok("files uploaded")
    speaker = api.IdentityApi(CLIENT).identity_get(ACCOUNT, TOKEN)["data"]["identity_list"][0]
    creative = dict(ad_name="A", identity_type=speaker["identity_type"], identity_id=speaker["identity_id"], ad_format="SINGLE_VIDEO",
                    video_id=films[0]["video_id"], image_ids=[image["image_id"]], ad_text="Try it", call_to_action="LEARN_MORE",
                    landing_page_url="https://shop.example/", operation_status="DISABLE")
    body = api.AdCreateBody(advertiser_id=ACCOUNT, adgroup_id=group, creatives=[api.AdcreateCreatives(**creative)])
    refused(lambda: ads.ad_create(TOKEN, body=body), 40901)
    old = api.FileApi(CLIENT).ad_video_search(ACCOUNT, TOKEN, page_size=100)["data"]["list"]
    creative["video_id"] = next(v for v in old if v["displayable"])["video_id"]
    body = api.AdCreateBody(advertiser_id=ACCOUNT, adgroup_id=group, creatives=[api.AdcreateCreatives(**creative)])
    assert ads.ad_create(TOKEN, body=body)["data"]["ad_ids"]
    ok("an ad created")
    campaigns.campaign_update(TOKEN, body=api.CampaignUpdateBody(advertiser_id=ACCOUNT, campaign_id=made["campaign_id"], budget=90.0))
    gone = campaigns.campaign_status_update(TOKEN, body=api.CampaignStatusUpdateBody(
        advertiser_id=ACCOUNT, campaign_ids=[made["campaign_id"]], operation_status="DELETE"))["data"]
    assert gone["status"] == "DELETE", gone
    left = campaigns.campaign_get(ACCOUNT, TOKEN, filtering={"campaign_ids": [made["campaign_id"]]})["data"]["list"]
    assert left == [], left
    ok("updated and deleted")


def main():
    global CLIENT
    configuration = api.Configuration()
    configuration.host = os.environ["SIM_URL"]
    CLIENT = api.ApiClient(configuration)
    refused(lambda: api.CampaignCreationApi(CLIENT).campaign_get(ACCOUNT, "wrong"), 40105)
    ok("a wrong token refused")
    accounts()
    objects()
    reports()
    write()


main()
