"""Microsoft's official Python client (REST) against the simulator.

Only its hosts are changed. Prints "OK name" for each step and fails at the
first that does not hold.
"""

import csv
import decimal
import json
import os
import tempfile

from bingads.authorization import AuthorizationData, OAuthWebAuthCodeGrant, _UriOAuthService
from bingads.service_client import ServiceClient
from bingads.v13.reporting import ReportingDownloadParameters, ReportingServiceManager
from openapi_client.models.campaign import *
from openapi_client.models.customer import GetUserRequest, Paging, Predicate, PredicateOperator, SearchAccountsRequest
from openapi_client.models.reporting import (
    AccountThroughCampaignReportScope, CampaignPerformanceReportColumn, CampaignPerformanceReportRequest, Date as ReportDate,
    ReportAggregation, ReportFormat, ReportTime, ReportTimeZone)

URL = os.environ["SIM_URL"]
ACCOUNT, CUSTOMER = os.environ["SIM_ACCOUNT"], os.environ["SIM_CUSTOMER"]
SINCE, UNTIL = os.environ["SIM_SINCE"].split("-"), os.environ["SIM_UNTIL"].split("-")
# What the ledger says of that account and range.
LEDGER = json.loads(os.environ["SIM_LEDGER"])

key = ("production", "msads.manage")
_UriOAuthService.AUTH_TOKEN_URI[key] = URL + "/common/oauth2/v2.0/token"


def ok(name):
    print("OK", name, flush=True)


def sign_in():
    auth = OAuthWebAuthCodeGrant(
        client_id=os.environ["SIM_CLIENT_ID"], client_secret=os.environ["SIM_CLIENT_SECRET"],
        redirection_uri=os.environ["SIM_REDIRECT"], env="production")
    tokens = auth.request_oauth_tokens_by_response_uri(response_uri=os.environ["SIM_BACK"])
    first = tokens.refresh_token
    assert tokens.access_token and first and 3500 < tokens.access_token_expires_in_seconds <= 3600, tokens
    ok("tokens by code")
    tokens = auth.request_oauth_tokens_by_refresh_token(first)
    assert tokens.refresh_token and tokens.refresh_token != first
    ok("tokens by refresh, rotated")
    return auth


def service(name, data):
    return ServiceClient(service=name, version=13, authorization_data=data, environment="production", location=URL)


def find_account(auth):
    data = AuthorizationData(authentication=auth, developer_token=os.environ["SIM_DEVELOPER"])
    customers = service("CustomerManagementService", data)
    user = customers.GetUser(GetUserRequest(UserId=None)).User
    accounts, index = [], 0
    while True:
        page = customers.SearchAccounts(SearchAccountsRequest(
            Predicates=[Predicate(Field="UserId", Operator=PredicateOperator.EQUALS, Value=user.Id)],
            PageInfo=Paging(Index=index, Size=3))).Accounts
        accounts += page
        index += 1
        if len(page) < 3:
            break
    ids = [a.Id for a in accounts]
    assert len(ids) == len(set(ids)) > 3 and ACCOUNT in ids, ids
    ok("user and accounts over pages")
    return AuthorizationData(
        account_id=ACCOUNT, customer_id=CUSTOMER, developer_token=os.environ["SIM_DEVELOPER"], authentication=auth)


def walk(svc):
    types, more = CampaignType, CampaignAdditionalField
    everything = types.SEARCH | types.SHOPPING | types.AUDIENCE | types.HOTEL | types.PERFORMANCEMAX | types.APP
    fields = (more.CPVCPMBIDDINGSCHEME | more.LIFETIMEBUDGETFIELDS | more.MAXCONVERSIONVALUEBIDDINGSCHEME
              | more.TARGETIMPRESSIONSHAREBIDDINGSCHEME | more.TARGETSETTING | more.BIDSTRATEGYID)
    some = svc.GetCampaignsByAccountId(GetCampaignsByAccountIdRequest(AccountId=ACCOUNT)).Campaigns
    every = svc.GetCampaignsByAccountId(GetCampaignsByAccountIdRequest(
        AccountId=ACCOUNT, CampaignType=everything, ReturnAdditionalFields=fields)).Campaigns
    assert 0 < len(some) < len(every), (len(some), len(every))
    assert all(isinstance(c.Id, str) for c in every)
    ok("campaigns, of one type and of all")
    ads = 0
    for c in every:
        if c.CampaignType == types.PERFORMANCEMAX:
            groups = svc.GetAssetGroupsByCampaignId(GetAssetGroupsByCampaignIdRequest(CampaignId=c.Id)).AssetGroups
            assert groups and all(len(g.Headlines) >= 3 for g in groups)
            continue
        for g in svc.GetAdGroupsByCampaignId(GetAdGroupsByCampaignIdRequest(CampaignId=c.Id)).AdGroups:
            ads += len(svc.GetAdsByAdGroupId(GetAdsByAdGroupIdRequest(
                AdGroupId=g.Id, AdTypes=["Text", "Product", "AppInstall", "ExpandedText", "DynamicSearch", "ResponsiveAd", "ResponsiveSearch", "Hotel"])).Ads)
            svc.GetKeywordsByAdGroupId(GetKeywordsByAdGroupIdRequest(AdGroupId=g.Id))
    assert ads > 10, ads
    ok("asset groups, ad groups, ads and keywords")
    found = svc.GetCampaignCriterionsByIds(GetCampaignCriterionsByIdsRequest(CampaignId=every[0].Id, CriterionType="Location")).CampaignCriterions
    assert found and found[0].Criterion.LocationId, found
    svc.GetBudgetsByIds(GetBudgetsByIdsRequest(BudgetIds=None))
    svc.GetAudiencesByIds(GetAudiencesByIdsRequest(Type=AudienceType.REMARKETINGLIST | AudienceType.INMARKET))
    ok("criterions, budgets and audiences")


def write(svc):
    made = svc.AddCampaigns(AddCampaignsRequest(AccountId=ACCOUNT, Campaigns=[Campaign(
        Name="By the official client, \u00fc", BudgetType="DailyBudgetStandard", DailyBudget=25.5,
        TimeZone="AmsterdamBerlinBernRomeStockholmVienna", Languages=["German"],
        BiddingScheme=TargetCpaBiddingScheme(Type="TargetCpa", TargetCpa=12.0))]))
    assert not made.PartialErrors and len(made.CampaignIds) == 1, made
    cid = made.CampaignIds[0]
    got = svc.GetCampaignsByIds(GetCampaignsByIdsRequest(AccountId=ACCOUNT, CampaignIds=[cid], CampaignType="Search")).Campaigns[0]
    assert got.DailyBudget == 25.5 and got.BiddingScheme.Type == "MaxConversions", got
    ok("add, with the old bidding scheme rewritten")
    svc.UpdateCampaigns(UpdateCampaignsRequest(AccountId=ACCOUNT, Campaigns=[Campaign(Id=cid, Status="Active", DailyBudget=30.25)]))
    groups = svc.AddAdGroups(AddAdGroupsRequest(CampaignId=cid, AdGroups=[AdGroup(Name="G", CpcBid=Bid(Amount=0.4))]))
    link = lambda t: AssetLink(Asset=TextAsset(Type="TextAsset", Text=t))
    ads = svc.AddAds(AddAdsRequest(AdGroupId=groups.AdGroupIds[0], Ads=[ResponsiveSearchAd(
        Type="ResponsiveSearch", FinalUrls=["https://shop.example/x"], Headlines=[link("One"), link("Two"), link("Three")],
        Descriptions=[link("First."), link("Second.")])]))
    assert ads.AdIds and not ads.PartialErrors, ads
    ok("update, ad group and ad")
    svc.DeleteCampaigns(DeleteCampaignsRequest(AccountId=ACCOUNT, CampaignIds=[cid]))
    left = svc.GetCampaignsByAccountId(GetCampaignsByAccountIdRequest(AccountId=ACCOUNT)).Campaigns
    assert cid not in [c.Id for c in left]
    ok("delete, with a body")


def report(data):
    columns = ["TimePeriod", "CampaignId", "CampaignName", "Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue", "Ctr"]
    request = CampaignPerformanceReportRequest(
        Type="CampaignPerformanceReportRequest", ReportName="by the official client", Format=ReportFormat.CSV, FormatVersion="2.0",
        ExcludeReportFooter=False, ExcludeReportHeader=False, ExcludeColumnHeaders=False, ReturnOnlyCompleteData=False,
        Aggregation=ReportAggregation.DAILY, Columns=[CampaignPerformanceReportColumn(c) for c in columns],
        Scope=AccountThroughCampaignReportScope(AccountIds=[ACCOUNT]),
        Time=ReportTime(CustomDateRangeStart=day(SINCE), CustomDateRangeEnd=day(UNTIL),
                        ReportTimeZone=ReportTimeZone("AmsterdamBerlinBernRomeStockholmVienna")))
    with tempfile.TemporaryDirectory() as folder:
        manager = ReportingServiceManager(authorization_data=data, poll_interval_in_milliseconds=50, environment="production",
                                          working_directory=folder, location=URL)
        container = manager.download_report(ReportingDownloadParameters(
            report_request=request, result_file_directory=folder, result_file_name="r.csv", overwrite_result_file=True,
            timeout_in_milliseconds=60000))
        total = {c: decimal.Decimal(0) for c in ("Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue")}
        rows = 0
        for record in container.report_records:
            rows += 1
            for c in total:
                total[c] += decimal.Decimal(record.value(c))
        assert container.record_count == rows > 10, (container.record_count, rows)
        container.close()
    for name, value in LEDGER.items():
        assert total[name] == decimal.Decimal(value), (name, total, LEDGER)
    ok("report by day, equal to the ledger")


def day(parts):
    return ReportDate(Year=int(parts[0]), Month=int(parts[1]), Day=int(parts[2]))


def refused(data):
    from openapi_client.exceptions import ApiException
    bad = AuthorizationData(account_id=ACCOUNT, customer_id="1", developer_token=data.developer_token, authentication=data.authentication)
    try:
        service("CampaignManagementService", bad).GetCampaignsByAccountId(GetCampaignsByAccountIdRequest(AccountId=ACCOUNT))
    except ApiException as e:
        assert e.status == 403 and "106" in str(e.body), e
        ok("refusal with its code")
        return
    raise AssertionError("the call succeeded")


def main():
    data = find_account(sign_in())
    svc = service("CampaignManagementService", data)
    walk(svc)
    write(svc)
    report(data)
    refused(data)


main()
