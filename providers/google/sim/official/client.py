"""Google's own Python client, run against the simulator through bridge.py.

Each step prints "OK name"; the first thing that is wrong ends the program.
"""

import json
import os
import sys

import bridge

endpoint, tunnel = bridge.start(os.environ["SIM_URL"])

from google.ads.googleads.client import GoogleAdsClient
from google.ads.googleads.errors import GoogleAdsException
from google.api_core import protobuf_helpers
from google.oauth2.credentials import Credentials

VERSION = os.environ.get("SIM_VERSION", "v26")
TOKEN, ACCOUNT, LOGIN = os.environ["SIM_TOKEN"], os.environ["SIM_ACCOUNT"], os.environ["SIM_LOGIN"]


def client(login=None):
    return GoogleAdsClient(
        credentials=Credentials(TOKEN), developer_token="x", endpoint=endpoint, version=VERSION,
        login_customer_id=login, use_proto_plus=True,
    )


ads = client(LOGIN)
search = ads.get_service("GoogleAdsService")


def step(name):
    print("OK", name, flush=True)


def rows(query, customer=ACCOUNT):
    return [row for batch in search.search_stream(customer_id=customer, query=query) for row in batch.results]


# Who is there.
names = client().get_service("CustomerService").list_accessible_customers().resource_names
assert f"customers/{LOGIN}" in names, names
step("list accessible customers")

tree = {r.customer_client.id: r.customer_client for r in rows(
    "SELECT customer_client.id, customer_client.level, customer_client.manager, customer_client.descriptive_name, "
    "customer_client.currency_code, customer_client.time_zone, customer_client.status, customer_client.hidden, "
    "customer_client.test_account, customer_client.client_customer FROM customer_client", LOGIN)}
assert int(ACCOUNT) in tree and tree[int(LOGIN)].level == 0 and tree[int(LOGIN)].manager, tree
assert tree[int(ACCOUNT)].level == 2 and tree[int(ACCOUNT)].currency_code == "EUR"
step("hierarchy")

# What can be selected, as the client asks for it.
fields = ads.get_service("GoogleAdsFieldService")
query = "SELECT name, category, selectable, filterable, sortable, data_type, is_repeated, selectable_with WHERE name = 'campaign'"
one = list(fields.search_google_ads_fields(query=query))[0]
got = fields.get_google_ads_field(resource_name="googleAdsFields/campaign")
assert got.name == "campaign" and one.name == "campaign"
assert "campaign_budget" in got.attribute_resources and "metrics.clicks" in got.metrics and "segments.date" in got.segments
step("fields")

# Every object with every field that can be selected, strictly parsed.
RESOURCES = """customer customer_client customer_client_link customer_user_access campaign campaign_budget campaign_criterion campaign_asset
campaign_label ad_group ad_group_ad ad_group_criterion asset asset_group asset_group_asset asset_group_signal bidding_strategy label
conversion_action user_list custom_audience combined_audience audience user_interest topic_constant language_constant currency_constant
carrier_constant mobile_device_constant operating_system_version_constant mobile_app_category_constant geo_target_constant""".split()
counts = {}
for resource in RESOURCES:
    attributes = [f.name for f in fields.search_google_ads_fields(
        query=f"SELECT name WHERE name LIKE '{resource}.%' AND category = 'ATTRIBUTE' AND selectable = true")]
    attributes = [a for a in attributes if a.count(".") and a.startswith(resource + ".")]
    assert attributes, resource
    customer = LOGIN if resource == "customer_client_link" else ACCOUNT
    for i in range(0, len(attributes), 300):
        got = rows(f"SELECT {', '.join(attributes[i:i + 300])} FROM {resource}", customer)
        counts[resource] = len(got)
    assert counts[resource] > 0, resource
step(f"every field of {len(RESOURCES)} resources")

campaigns = list(search.search(customer_id=ACCOUNT, query=
    "SELECT campaign.id, campaign.name, campaign.status, campaign.advertising_channel_type, campaign_budget.amount_micros, "
    "customer.currency_code FROM campaign ORDER BY campaign.id"))
assert [c.campaign.id for c in campaigns] == sorted(c.campaign.id for c in campaigns) and len(campaigns) == counts["campaign"]
step("search")

# Every metric of every resource that has them, strictly parsed.
between = "segments.date BETWEEN '2026-11-01' AND '2026-11-23'"
REPORTS = "customer campaign ad_group ad_group_ad asset_group keyword_view age_range_view gender_view geographic_view user_location_view search_term_view landing_page_view".split()
seen = set()
days = "segments.date BETWEEN '2026-11-21' AND '2026-11-23'"
for resource in REPORTS:
    metrics = list(fields.get_google_ads_field(resource_name=f"googleAdsFields/{resource}").metrics)
    assert "metrics.impressions" in metrics, resource
    for i in range(0, len(metrics), 40):
        part = metrics[i:i + 40]
        while True:
            try:
                got = rows(f"SELECT {', '.join(part)}, metrics.impressions, segments.date FROM {resource} WHERE {days}")
                break
            except GoogleAdsException as e:  # two metrics that do not go together
                code = e.failure.errors[0].error_code
                bad = e.failure.errors[0].trigger.string_value
                assert code.query_error, e
                assert bad in part, (bad, e.failure.errors[0])
                part.remove(bad)
        for r in got:
            seen.update(f.name for f, _ in type(r.metrics).pb(r.metrics).ListFields())
    assert got, resource
assert len(seen) > 60, sorted(seen)
step(f"every metric of {len(REPORTS)} resources")

total = rows(f"SELECT metrics.cost_micros, metrics.conversions, metrics.clicks FROM customer WHERE {between}")[0].metrics
by_device = rows(f"SELECT segments.device, segments.date, metrics.cost_micros, metrics.clicks FROM campaign WHERE {between}")
assert sum(r.metrics.cost_micros for r in by_device) == total.cost_micros > 0
by_action = rows(f"SELECT segments.conversion_action_name, segments.conversion_action_category, metrics.conversions FROM campaign WHERE {between}")
assert abs(sum(r.metrics.conversions for r in by_action) - total.conversions) < 1e-6 and total.conversions > 0
step("reports add up")

# Writing.
operation = ads.get_type("CampaignBudgetOperation")
operation.create.name, operation.create.amount_micros = "by the client", 20_000_000
operation.create.delivery_method = ads.enums.BudgetDeliveryMethodEnum.STANDARD
budget = ads.get_service("CampaignBudgetService").mutate_campaign_budgets(customer_id=ACCOUNT, operations=[operation]).results[0].resource_name
step("create a budget")

operation = ads.get_type("CampaignOperation")
campaign = operation.create
campaign.name = "by the client"
campaign.advertising_channel_type = ads.enums.AdvertisingChannelTypeEnum.SEARCH
campaign.status = ads.enums.CampaignStatusEnum.PAUSED
campaign.campaign_budget = budget
campaign.contains_eu_political_advertising = ads.enums.EuPoliticalAdvertisingStatusEnum.DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING
ads.copy_from(campaign.manual_cpc, ads.get_type("ManualCpc"))
campaign.network_settings.target_google_search = True
service = ads.get_service("CampaignService")
name = service.mutate_campaigns(customer_id=ACCOUNT, operations=[operation]).results[0].resource_name
step("create a campaign")

operation = ads.get_type("CampaignOperation")
operation.update.resource_name, operation.update.name = name, "renamed"
operation.update.status = ads.enums.CampaignStatusEnum.ENABLED
ads.copy_from(operation.update_mask, protobuf_helpers.field_mask(None, operation.update._pb))
request = ads.get_type("MutateCampaignsRequest")
request.customer_id, request.operations = ACCOUNT, [operation]
request.response_content_type = ads.enums.ResponseContentTypeEnum.MUTABLE_RESOURCE
changed = service.mutate_campaigns(request=request).results[0].campaign
assert changed.name == "renamed" and changed.status == ads.enums.CampaignStatusEnum.ENABLED and changed.id == 0
step("update a campaign")

operation = ads.get_type("AdGroupOperation")
operation.create.name, operation.create.campaign, operation.create.cpc_bid_micros = "group", name, 700_000
group = ads.get_service("AdGroupService").mutate_ad_groups(customer_id=ACCOUNT, operations=[operation]).results[0].resource_name
operation = ads.get_type("AdGroupAdOperation")
operation.create.ad_group = group
operation.create.ad.final_urls.append("https://shop.example/")
for text in ("One", "Two", "Three"):
    headline = ads.get_type("AdTextAsset")
    headline.text = text
    operation.create.ad.responsive_search_ad.headlines.append(headline)
for text in ("First description", "Second description"):
    description = ads.get_type("AdTextAsset")
    description.text = text
    operation.create.ad.responsive_search_ad.descriptions.append(description)
ad = ads.get_service("AdGroupAdService").mutate_ad_group_ads(customer_id=ACCOUNT, operations=[operation]).results[0].resource_name
operation = ads.get_type("AdGroupCriterionOperation")
operation.create.ad_group = group
operation.create.keyword.text = "warm coat"
operation.create.keyword.match_type = ads.enums.KeywordMatchTypeEnum.PHRASE
ads.get_service("AdGroupCriterionService").mutate_ad_group_criteria(customer_id=ACCOUNT, operations=[operation])
made = rows(f"SELECT ad_group_ad.ad.id, ad_group_ad.ad.responsive_search_ad.headlines, ad_group_ad.primary_status FROM ad_group_ad WHERE ad_group_ad.resource_name = '{ad}'")[0]
assert [h.text for h in made.ad_group_ad.ad.responsive_search_ad.headlines] == ["One", "Two", "Three"]
step("ad group, ad and keyword")

operations = []
for n, text in enumerate(("a", "b")):
    operation = ads.get_type("MutateOperation")
    operation.asset_operation.create.resource_name = f"customers/{ACCOUNT}/assets/-{n + 1}"
    operation.asset_operation.create.text_asset.text = f"text {text}"
    operations.append(operation)
answer = search.mutate(customer_id=ACCOUNT, mutate_operations=operations)
assert all(r.asset_result.resource_name.startswith(f"customers/{ACCOUNT}/assets/") for r in answer.mutate_operation_responses)
step("googleAds mutate")

# Failing.
try:
    rows("SELECT campaign.foo FROM campaign")
    sys.exit("a bad field was taken")
except GoogleAdsException as e:
    assert e.error.code().name == "INVALID_ARGUMENT" and len(e.request_id) == 22
    assert e.failure.errors[0].error_code.query_error.name == "UNRECOGNIZED_FIELD", e.failure
step("an error of a query")

bad = ads.get_type("CampaignOperation")
bad.create.name = "renamed"
try:
    service.mutate_campaigns(customer_id=ACCOUNT, operations=[bad])
    sys.exit("a campaign without anything was made")
except GoogleAdsException as e:
    path = [p.field_name for p in e.failure.errors[0].location.field_path_elements]
    assert path == ["operations", "create", "advertising_channel_type"] and e.failure.errors[0].location.field_path_elements[0].index == 0, e.failure
    assert {x.error_code.field_error.name for x in e.failure.errors} == {"REQUIRED"}
step("an error of a mutate")

request = ads.get_type("MutateCampaignsRequest")
request.customer_id, request.partial_failure = ACCOUNT, True
good = ads.get_type("CampaignOperation")
good.remove = name
request.operations = [bad, good]
answer = service.mutate_campaigns(request=request)
assert answer.partial_failure_error.code == 3 and answer.results[0].resource_name == "" and answer.results[1].resource_name == name
detail = ads.get_type("GoogleAdsFailure")
failure = type(detail).deserialize(answer.partial_failure_error.details[0].value)
assert failure.errors[0].error_code.field_error.name == "REQUIRED"
step("remove, with a partial failure")

try:
    client().get_service("GoogleAdsService").search(customer_id=ACCOUNT, query="SELECT customer.id FROM customer")
    sys.exit("no login-customer-id was needed")
except GoogleAdsException as e:
    assert e.failure.errors[0].error_code.authorization_error.name == "USER_PERMISSION_DENIED"
step("an error of access")

suggest = ads.get_type("SuggestGeoTargetConstantsRequest")
suggest.locale, suggest.country_code = "en", "DE"
suggest.location_names.names.append("Berlin")
found = ads.get_service("GeoTargetConstantService").suggest_geo_target_constants(request=suggest).geo_target_constant_suggestions
assert {s.geo_target_constant.target_type for s in found} >= {"City", "State"}
step("suggest places")

changes = rows("SELECT change_event.change_date_time, change_event.change_resource_type, change_event.changed_fields, change_event.client_type, "
    "change_event.user_email, change_event.old_resource, change_event.new_resource, change_event.resource_change_operation, change_event.campaign "
    f"FROM change_event WHERE change_event.change_date_time BETWEEN '{os.environ['SIM_DAY']}' AND '{os.environ['SIM_DAY']}' LIMIT 1000")
assert any(c.change_event.new_resource.campaign.name == "renamed" for c in changes), len(changes)
step("change events")

tunnel.server.stop(0)
os.unlink(tunnel.roots)
