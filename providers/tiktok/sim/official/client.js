// TikTok's official JavaScript client against the simulator. Only its base path is
// changed. Prints "OK name" for each step and fails at the first that does not hold.
import assert from 'node:assert';
import * as sdk from 'tiktok-business-api-sdk-official';

const { SIM_URL, SIM_TOKEN: token, SIM_ACCOUNT: account, SIM_CLIENT_ID, SIM_CLIENT_SECRET, SIM_CURRENCY, SIM_SINCE, SIM_UNTIL } = process.env;
// What the ledger says of that account and range.
const ledger = JSON.parse(process.env.SIM_LEDGER);
sdk.ApiClient.instance.basePath = SIM_URL;

const ok = (name) => console.log('OK', name);
const call = (api, method, ...args) =>
  new Promise((done, fail) => api[method](...args, (error, data) => (error ? fail(error) : done(data))));

async function refused(promise, code) {
  await assert.rejects(promise, (e) => e.message.includes(`code: ${code}`));
}

async function walk(api, method, first, opts) {
  const out = [];
  for (let page = 1; ; page++) {
    const { data } = await call(api, method, ...first, { ...opts, page });
    out.push(...data.list);
    if (page >= data.page_info.total_page) {
      assert.equal(out.length, data.page_info.total_number);
      return out;
    }
  }
}

async function objects() {
  const auth = new sdk.AuthenticationApi();
  const listed = await call(auth, 'oauth2AdvertiserGet', SIM_CLIENT_ID, SIM_CLIENT_SECRET, token);
  const ids = listed.data.list.map((a) => a.advertiser_id);
  const info = await call(new sdk.AccountManagementApi(), 'advertiserInfo', ids, token, {});
  assert.equal(info.data.list.find((a) => a.advertiser_id === account).currency, SIM_CURRENCY);
  ok('accounts');

  const campaigns = await walk(new sdk.CampaignCreationApi(), 'campaignGet', [account, token], { page_size: 2, filtering: { primary_status: 'STATUS_ALL' } });
  assert.ok(campaigns.length > 2 && campaigns.every((c) => typeof c.campaign_id === 'string'));
  ok('campaigns over pages');
  const groups = await walk(new sdk.AdgroupApi(), 'adgroupGet', [account, token], { page_size: 5, fields: ['adgroup_id', 'budget', 'campaign_id'] });
  assert.ok(groups.length > 0 && Object.keys(groups[0]).length === 3);
  ok('ad groups with a selection of fields');
  const ads = await walk(new sdk.AdApi(), 'adGet', [account, token], { page_size: 20 });
  assert.ok(ads.some((a) => a.campaign_automation_type === 'UPGRADED_SMART_PLUS_CREATIVE'));
  ok('ads');
}

async function report() {
  const filtering = [{ field_name: 'campaign_status', filter_type: 'IN', filter_value: '["STATUS_ALL"]' }];
  const rows = await walk(new sdk.ReportingApi(), 'reportIntegratedGet', ['BASIC', token], {
    advertiser_id: account, data_level: 'AUCTION_CAMPAIGN', dimensions: ['campaign_id', 'stat_time_day'], metrics: ['spend', 'clicks'],
    start_date: SIM_SINCE, end_date: SIM_UNTIL, query_lifetime: false, page_size: 50, filtering,
  });
  const cents = rows.reduce((sum, r) => sum + Math.round(Number(r.metrics.spend) * 100), 0);
  assert.equal((cents / 100).toFixed(2), ledger.spend);
  assert.equal(String(rows.reduce((sum, r) => sum + Number(r.metrics.clicks), 0)), ledger.clicks);
  ok('a report by day, equal to the ledger');
  await refused(call(new sdk.ReportingApi(), 'reportIntegratedGet', 'BASIC', token, { advertiser_id: account, data_level: 'AUCTION_AD', dimensions: ['colour'] }), 40002);
  ok('a report refused');
}

async function write() {
  const api = new sdk.CampaignCreationApi();
  const made = await call(api, 'campaignCreate', token, { body: { advertiser_id: account, campaign_name: 'By the JavaScript client', objective_type: 'REACH', budget_mode: 'BUDGET_MODE_DAY', budget: 60, operation_status: 'DISABLE', request_id: '78' } });
  const id = made.data.campaign_id;
  await call(api, 'campaignUpdate', token, { body: { advertiser_id: account, campaign_id: id, campaign_name: 'Renamed' } });
  const gone = await call(api, 'campaignStatusUpdate', token, { body: { advertiser_id: account, campaign_ids: [id], operation_status: 'DELETE' } });
  assert.equal(gone.data.status, 'DELETE');
  await refused(call(api, 'campaignUpdate', token, { body: { advertiser_id: account, campaign_id: id, campaign_name: 'Again' } }), 40002);
  ok('created, updated, deleted');
}

await refused(call(new sdk.CampaignCreationApi(), 'campaignGet', account, 'wrong', {}), 40105);
ok('a wrong token refused');
await objects();
await report();
await write();
