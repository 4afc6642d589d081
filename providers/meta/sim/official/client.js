// Meta's official JavaScript client against the simulator. Only its host and
// its version (its own has expired) are changed. Prints "OK name" for each step
// and exits 1 at the first that fails.
'use strict';
const assert = require('assert');
const sdk = require('facebook-nodejs-business-sdk');

const { FacebookAdsApi, FacebookAdsApiBatch, User, AdAccount, Campaign, AdSet, Ad, AdCreative } = sdk;
const env = process.env;
for (const [name, value] of [['GRAPH', env.SIM_URL], ['GRAPH_VIDEO', env.SIM_URL], ['VERSION', env.SIM_VERSION]]) {
  Object.defineProperty(FacebookAdsApi, name, { get: () => value });
}
const range = { since: env.SIM_SINCE, until: env.SIM_UNTIL };
const ledger = JSON.parse(env.SIM_LEDGER);

async function step(name, run) {
  const result = await run();
  console.log(`OK ${name}`);
  return result;
}

// all follows paging.next as the client does: as an absolute address.
async function all(cursor) {
  const out = [...cursor];
  while (cursor.hasNext()) {
    cursor = await cursor.next();
    out.push(...cursor);
  }
  return out;
}

// cents adds money exactly.
const cents = (rows, field) => rows.reduce((n, r) => n + BigInt(Math.round(Number(r[field]) * 100)), 0n);

async function refused(promise, status, code, subcode) {
  await assert.rejects(promise, (e) => {
    assert.equal(e.status, status, e.message);
    assert.equal(e.response.code, code, e.message);
    assert.equal(e.response.error_subcode, subcode, e.message);
    return true;
  });
}

async function main() {
  const api = FacebookAdsApi.init(env.SIM_TOKEN, 'en_US', false);
  const account = new AdAccount(`act_${env.SIM_ACCOUNT}`);

  await step('accounts over pages', async () => {
    const list = await all(await new User('me').getAdAccounts(['account_id', 'name', 'currency'], { limit: 2 }));
    assert.ok(list.length > 2);
    assert.ok(list.some((a) => a.id === account.id));
  });
  await step('account', async () => {
    const a = await account.read(['name', 'currency', 'timezone_name', 'account_status']);
    assert.equal(a.currency, env.SIM_CURRENCY);
    assert.equal(a.account_status, 1);
  });
  const campaigns = await step('campaigns over pages', async () => {
    const list = await all(await account.getCampaigns(['name', 'objective', 'status'], { limit: 2 }));
    assert.ok(list.length > 2);
    assert.equal(new Set(list.map((c) => c.id)).size, list.length);
    return list;
  });
  await step('ad sets', async () => {
    const sets = await all(await new Campaign(campaigns[0].id).getAdSets(['name', 'campaign_id'], { limit: 1 }));
    assert.ok(sets.length > 0 && sets.every((s) => s.campaign_id === campaigns[0].id));
    const one = await new AdSet(sets[0].id).get(['name', 'targeting', 'optimization_goal']);
    assert.equal(one.id, sets[0].id);
  });
  const ads = await step('ads and creatives', async () => {
    const list = await all(await account.getAds(['name', 'adset_id', 'creative{id,name}'], { limit: 20 }));
    assert.ok(list.length > 20);
    const creative = await new AdCreative(list[0].creative.id).get(['name', 'object_story_spec']);
    assert.equal(creative.id, list[0].creative.id);
    const page = await account.getAdCreatives(['name'], { limit: 5 });
    assert.equal(page.length, 5);
    assert.ok(page.hasNext() && !page.hasPrevious());
    const second = await page.next();
    assert.ok(second.hasPrevious());
    return list;
  });
  await step('insights by day, equal to the ledger', async () => {
    const rows = await all(await account.getInsights(['impressions', 'clicks', 'spend', 'actions'], { level: 'account', time_range: range, time_increment: 1, limit: 3 }));
    assert.ok(rows.length > 3);
    assert.equal(rows.reduce((n, r) => n + Number(r.impressions), 0), ledger.impressions);
    assert.equal(cents(rows, 'spend'), cents([ledger], 'spend'));
  });
  await step('insights with breakdowns', async () => {
    const rows = await all(await account.getInsights(['impressions', 'spend'], { time_range: range, breakdowns: ['publisher_platform'], limit: 2 }));
    assert.ok(rows.every((r) => r.publisher_platform));
    assert.equal(cents(rows, 'spend'), cents([ledger], 'spend'));
    await refused(account.getInsights(['impressions'], { breakdowns: ['impression_device'] }), 400, 100, undefined);
  });
  await step('insights asynchronously', async () => {
    const run = await account.getInsightsAsync(['impressions', 'spend', 'ad_id'], { level: 'ad', time_range: range });
    assert.match(run.id, /^\d+$/); // the client takes report_run_id for its id
    for (let i = 0; i < 20; i++) {
      await run.read(['async_status', 'async_percent_completion']);
      if (run.async_status === 'Job Completed') break;
    }
    assert.equal(run.async_status, 'Job Completed');
    assert.equal(run.async_percent_completion, 100);
    const rows = await all(await run.getInsights([], { limit: 10 }));
    assert.ok(rows.length > 10);
    assert.ok(rows.every((r) => typeof r.spend === 'string'));
  });
  await step('batch', async () => {
    const seen = [];
    const failed = [];
    const batch = new FacebookAdsApiBatch(api);
    for (const ad of ads.slice(0, 2)) batch.add('GET', [ad.id], { fields: 'id,effective_status' }, null, (r) => seen.push(r.body.id));
    batch.add('GET', ['1'], { fields: 'id' }, null, null, (r) => failed.push(r.error.code));
    assert.equal(await batch.execute(), null);
    assert.deepEqual(seen, ads.slice(0, 2).map((a) => a.id));
    assert.equal(failed.length, 1);
  });
  const id = await step('create', async () => {
    const made = await account.createCampaign([], {
      name: 'By the official client', objective: 'OUTCOME_SALES', status: 'PAUSED', special_ad_categories: [], is_adset_budget_sharing_enabled: false,
    });
    assert.match(made.id, /^\d+$/);
    return made.id;
  });
  await step('update', async () => {
    await new Campaign(id).update([], { name: 'Renamed, "twice"' });
    assert.equal((await new Campaign(id).get(['name'])).name, 'Renamed, "twice"');
  });
  await step('delete', async () => {
    await new Campaign(id).delete([]);
    assert.equal((await new Campaign(id).get(['status'])).status, 'DELETED');
  });
  await step('errors with code and subcode', async () => {
    await refused(new Ad('120300000000000000').get(['name']), 400, 100, 33);
    await refused(account.createCampaign([], { name: 'x', objective: 'OUTCOME_SALES', special_ad_categories: [] }), 400, 100, 4834011);
  });
}

main().catch((e) => {
  console.error(e.response ? `${e.status} ${JSON.stringify(e.response)}` : e);
  process.exit(1);
});
