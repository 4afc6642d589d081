"""Writes ../schema.txt: the messages that a request can carry, with each field's
type, read from the descriptors of the official Python package. (What is output
only or immutable is not in there: see ../writable.txt.) Run it by hand after raising the package's version:

    .venv/bin/python schema.py v26 > ../schema.txt
"""

import importlib
import sys

version = sys.argv[1]
prefix = f"google.ads.googleads.{version}."
services = importlib.import_module(f"google.ads.googleads.{version}.services.types")

# Collections whose mutate the simulator carries out: service file and noun.
mutable = {
    "campaigns": ("campaign_service", "Campaigns", "Campaign"),
    "campaignBudgets": ("campaign_budget_service", "CampaignBudgets", "CampaignBudget"),
    "campaignCriteria": ("campaign_criterion_service", "CampaignCriteria", "CampaignCriterion"),
    "campaignAssets": ("campaign_asset_service", "CampaignAssets", "CampaignAsset"),
    "adGroups": ("ad_group_service", "AdGroups", "AdGroup"),
    "adGroupAds": ("ad_group_ad_service", "AdGroupAds", "AdGroupAd"),
    "ads": ("ad_service", "Ads", "Ad"),
    "adGroupCriteria": ("ad_group_criterion_service", "AdGroupCriteria", "AdGroupCriterion"),
    "assets": ("asset_service", "Assets", "Asset"),
    "assetGroups": ("asset_group_service", "AssetGroups", "AssetGroup"),
    "assetGroupAssets": ("asset_group_asset_service", "AssetGroupAssets", "AssetGroupAsset"),
    "assetGroupSignals": ("asset_group_signal_service", "AssetGroupSignals", "AssetGroupSignal"),
    "labels": ("label_service", "Labels", "Label"),
    "conversionActions": ("conversion_action_service", "ConversionActions", "ConversionAction"),
}
others = [
    ("google_ads_service", "SearchGoogleAdsRequest"),
    ("google_ads_service", "SearchGoogleAdsStreamRequest"),
    ("google_ads_service", "MutateGoogleAdsRequest"),
    ("google_ads_field_service", "SearchGoogleAdsFieldsRequest"),
    ("geo_target_constant_service", "SuggestGeoTargetConstantsRequest"),
    ("customer_service", "CreateCustomerClientRequest"),
    ("customer_service", "MutateCustomerRequest"),
    ("youtube_video_upload_service", "CreateYouTubeVideoUploadRequest"),
]

letters = {3: "I", 4: "I", 5: "i", 13: "i", 1: "d", 2: "d", 8: "b", 9: "s", 12: "y"}
messages, enums = {}, {}
operations = {noun + "Operation" for _, _, noun in mutable.values()}


def short(d):
    name = d.full_name
    for part in ("resources.", "common.", "services.", "enums.", "errors."):
        name = name.removeprefix(prefix + part)
    return name


def visit(d):
    name = short(d)
    if name in messages:
        return
    messages[name] = lines = []
    for f in d.fields:
        if f.message_type is not None:
            m = f.message_type
            if m.full_name == "google.protobuf.FieldMask":
                kind = "M"
            elif name == "MutateOperation" and short(m) not in operations:
                kind = "x"  # known, not carried out here
            else:
                kind = "m:" + short(m)
                visit(m)
        elif f.enum_type is not None:
            e = f.enum_type
            kind = "e:" + e.name
            enums[e.name] = [(v.name, v.number) for v in e.values]
        else:
            kind = letters[f.type]
        repeated = f.is_repeated if hasattr(f, "is_repeated") else f.label == 3
        flags = "*" * bool(repeated)
        flags += "p" * (f.has_presence and f.message_type is None and f.containing_oneof is not None)
        one = f.containing_oneof
        group = one.name if one is not None and not one.name.startswith("_") else ""
        lines.append((f.name.rstrip("_"), kind, flags or "-", group or "-"))


def pb(name):
    return getattr(services, name).pb().DESCRIPTOR


print(f"# Messages of mutate requests, {version}. Made by official/schema.py; do not edit.")
for collection, (_, plural, noun) in mutable.items():
    visit(pb(f"Mutate{plural}Request"))
    print("collection", collection, noun, f"Mutate{plural}Request")
for _, name in others:
    visit(pb(name))
for name in sorted(messages):
    print("message", name)
    for line in messages[name]:
        print(" ", *line)
for name in sorted(enums):
    print("enum", name, *(f"{n}={i}" for n, i in enums[name]))
