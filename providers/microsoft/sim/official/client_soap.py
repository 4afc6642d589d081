"""Microsoft's old SOAP client against the simulator's old face: accounts,
campaigns down to ads, and a report.

Only the addresses are changed. Prints "OK name" for each step and fails at the
first that does not hold.
"""

import decimal
import json
import os
import tempfile

from bingads.authorization import AuthorizationData, OAuthTokens, OAuthWebAuthCodeGrant
from bingads.service_client import ServiceClient
from bingads.v13.reporting import ReportingDownloadParameters, ReportingServiceManager
from suds import WebFault

URL = os.environ["SIM_URL"]
ACCOUNT, CUSTOMER = os.environ["SIM_ACCOUNT"], os.environ["SIM_CUSTOMER"]
SINCE, UNTIL = os.environ["SIM_SINCE"].split("-"), os.environ["SIM_UNTIL"].split("-")
LEDGER = json.loads(os.environ["SIM_LEDGER"])
PATHS = {
    "CampaignManagementService": "/Api/Advertiser/CampaignManagement/v13/CampaignManagementService.svc",
    "CustomerManagementService": "/Api/CustomerManagement/v13/CustomerManagementService.svc",
    "ReportingService": "/Api/Advertiser/Reporting/v13/ReportingService.svc",
}


def ok(name):
    print("OK", name, flush=True)


def service(name, data):
    return ServiceClient(service=name, version=13, authorization_data=data, environment="production", location=URL + PATHS[name])


def authorization(token, customer=CUSTOMER):
    auth = OAuthWebAuthCodeGrant(
        client_id=os.environ["SIM_CLIENT_ID"], client_secret=os.environ["SIM_CLIENT_SECRET"],
        redirection_uri=os.environ["SIM_REDIRECT"], oauth_tokens=OAuthTokens(access_token=token, access_token_expires_in_seconds=3600))
    return AuthorizationData(account_id=ACCOUNT, customer_id=customer, developer_token=os.environ["SIM_DEVELOPER"], authentication=auth)


def accounts(data):
    svc = service("CustomerManagementService", data)
    user = svc.GetUser(UserId=None).User
    paging = svc.factory.create("ns5:Paging")
    paging.Index, paging.Size = 0, 100
    found = svc.SearchAccounts(
        PageInfo=paging,
        Predicates={"Predicate": [{"Field": "UserId", "Operator": "Equals", "Value": user.Id}]})
    ids = [str(a.Id) for a in found["AdvertiserAccount"]]
    assert len(ids) > 3 and ACCOUNT in ids, ids
    ok("user and accounts")


def walk(data):
    svc = service("CampaignManagementService", data)
    some = svc.GetCampaignsByAccountId(AccountId=ACCOUNT)["Campaign"]
    every = svc.GetCampaignsByAccountId(
        AccountId=ACCOUNT, CampaignType="Search Shopping Audience",
        ReturnAdditionalFields="CpvCpmBiddingScheme LifetimeBudgetFields")["Campaign"]
    assert 0 < len(some) < len(every), (len(some), len(every))
    ok("campaigns, of one type and of more")
    groups = svc.GetAdGroupsByCampaignId(CampaignId=some[0].Id)["AdGroup"]
    ads = svc.GetAdsByAdGroupId(AdGroupId=groups[0].Id, AdTypes={"AdType": ["ResponsiveSearch", "ExpandedText"]})["Ad"]
    assert ads and ads[0].FinalUrls["string"], ads
    assert type(ads[0]).__name__ in ("ResponsiveSearchAd", "ExpandedTextAd"), type(ads[0])
    ok("ad groups and ads")


def report(data):
    with tempfile.TemporaryDirectory() as folder:
        manager = ReportingServiceManager(authorization_data=data, poll_interval_in_milliseconds=50, environment="production",
                                          working_directory=folder, location=URL + PATHS["ReportingService"])
        new = manager.service_client.factory.create
        request = new("CampaignPerformanceReportRequest")
        request.Aggregation, request.Format, request.FormatVersion = "Daily", "Csv", "2.0"
        request.ExcludeColumnHeaders = request.ExcludeReportFooter = request.ExcludeReportHeader = False
        request.ReturnOnlyCompleteData, request.ReportName = False, "by the old client"
        request.Filter = None
        scope = new("AccountThroughCampaignReportScope")
        scope.AccountIds, scope.Campaigns = {"long": [ACCOUNT]}, None
        request.Scope = scope
        time = new("ReportTime")
        for name, parts in (("CustomDateRangeStart", SINCE), ("CustomDateRangeEnd", UNTIL)):
            date = new("Date")
            date.Year, date.Month, date.Day = (int(p) for p in parts)
            setattr(time, name, date)
        time.PredefinedTime, time.ReportTimeZone = None, "AmsterdamBerlinBernRomeStockholmVienna"
        request.Time = time
        columns = new("ArrayOfCampaignPerformanceReportColumn")
        columns.CampaignPerformanceReportColumn.append(
            ["TimePeriod", "CampaignId", "Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue"])
        request.Columns = columns
        container = manager.download_report(ReportingDownloadParameters(
            report_request=request, result_file_directory=folder, result_file_name="r.csv", overwrite_result_file=True,
            timeout_in_milliseconds=60000))
        total = {c: decimal.Decimal(0) for c in LEDGER}
        for record in container.report_records:
            for c in total:
                total[c] += decimal.Decimal(record.value(c))
        container.close()
    for name, value in LEDGER.items():
        assert total[name] == decimal.Decimal(value), (name, total, LEDGER)
    ok("report by day, equal to the ledger")


def refused():
    try:
        service("CampaignManagementService", authorization("wrong")).GetCampaignsByAccountId(AccountId=ACCOUNT)
    except WebFault as e:
        assert str(e.fault.detail.AdApiFaultDetail.Errors.AdApiError.Code) == "105", e.fault
        ok("refusal with its code")
        return
    raise AssertionError("the call succeeded")


def main():
    data = authorization(os.environ["SIM_TOKEN"])
    accounts(data)
    walk(data)
    report(data)
    refused()


main()
