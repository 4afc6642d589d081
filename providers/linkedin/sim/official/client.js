// LinkedIn's official JavaScript client against the simulator. Only its host
// constants are changed. Prints "OK name" for each step and exits 1 at the
// first that fails.
'use strict';
const assert = require('assert');
const constants = require('linkedin-api-client/dist/lib/utils/constants');
const { AuthClient, RestliClient } = require('linkedin-api-client');
const axios = require('axios');

const env = process.env;
constants.VERSIONED_BASE_URL = `${env.SIM_URL}/rest`;
constants.NON_VERSIONED_BASE_URL = `${env.SIM_URL}/v2`;
constants.OAUTH_BASE_URL = `${env.SIM_URL}/oauth/v2`;

const versionString = env.SIM_VERSION;
const account = env.SIM_ACCOUNT;
const accountUrn = `urn:li:sponsoredAccount:${account}`;
const today = new Date(env.SIM_NOW);
const date = (d) => ({ year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate() });

async function step(name, run) {
  const result = await run();
  console.log(`OK ${name}`);
  return result;
}

// consent does what the member's browser would: open the page, press a button.
async function consent(url, decision) {
  const page = await axios.get(url);
  assert.match(page.data, /<form method="post"/);
  const form = new URLSearchParams();
  for (const [, name, value] of page.data.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
    form.set(name, value.replaceAll('&amp;', '&').replaceAll('&#43;', '+'));
  }
  form.set('decision', decision);
  const answer = await axios.post(`${env.SIM_URL}/oauth/v2/authorization`, form, { maxRedirects: 0, validateStatus: (s) => s === 302 });
  return new URL(answer.headers.location).searchParams;
}

async function main() {
  const auth = new AuthClient({ clientId: env.SIM_CLIENT_ID, clientSecret: env.SIM_CLIENT_SECRET, redirectUrl: env.SIM_REDIRECT });
  const scopes = ['r_ads', 'rw_ads', 'r_ads_reporting'];
  const url = auth.generateMemberAuthorizationUrl(scopes, 'st-1');

  await step('consent refused', async () => {
    const back = await consent(url, 'cancel');
    assert.equal(back.get('error'), 'user_cancelled_authorize');
    assert.equal(back.get('state'), 'st-1');
  });
  const token = await step('consent and exchange', async () => {
    const back = await consent(url, 'allow');
    assert.equal(back.get('state'), 'st-1');
    const t = await auth.exchangeAuthCodeForAccessToken(back.get('code'));
    assert.equal(t.expires_in, 5184000);
    assert.equal(t.scope, scopes.join(','));
    return t;
  });
  const fresh = await step('refresh', async () => {
    const t = await auth.exchangeRefreshTokenForAccessToken(token.refresh_token);
    assert.notEqual(t.access_token, token.access_token);
    assert.ok(t.refresh_token_expires_in <= 31536000);
    return t;
  });
  await step('introspect', async () => {
    const { data } = await auth.introspectAccessToken(fresh.access_token);
    assert.equal(data.active, true);
    assert.equal(data.status, 'active');
    assert.equal(data.auth_type, '3L');
  });

  const client = new RestliClient();
  const accessToken = fresh.access_token;
  const groups = `/adAccounts/${account}/adCampaignGroups`;

  await step('finder', async () => {
    const r = await client.finder({
      resourcePath: '/adAccounts', finderName: 'search', versionString, accessToken,
      queryParams: { search: { status: { values: ['ACTIVE'] }, test: false }, pageSize: 10, fields: 'id,name' },
    });
    assert.ok(r.data.elements.some((a) => String(a.id) === account));
    assert.deepEqual(Object.keys(r.data.elements[0]).sort(), ['id', 'name']);
  });
  const campaigns = await step('finder on a sub-resource', async () => {
    const r = await client.finder({
      resourcePath: `/adAccounts/{account}/adCampaigns`, pathKeys: { account }, finderName: 'search', versionString, accessToken,
      queryParams: { search: { status: { values: ['ACTIVE', 'PAUSED', 'DRAFT'] } }, pageSize: 5, sortOrder: 'DESCENDING' },
    });
    assert.equal(r.data.elements.length, 5);
    assert.ok(r.data.metadata.nextPageToken);
    return r.data.elements.map((c) => c.id);
  });
  await step('get', async () => {
    const r = await client.get({ resourcePath: '/adAccounts/{id}', pathKeys: { id: account }, versionString, accessToken });
    assert.equal(String(r.data.id), account);
  });
  await step('batch_get', async () => {
    const r = await client.batchGet({ resourcePath: `/adAccounts/${account}/adCampaigns`, ids: [campaigns[0], campaigns[1], 1], versionString, accessToken });
    assert.ok(r.data.results[campaigns[0]] && r.data.results[campaigns[1]]);
    assert.equal(r.data.errors['1'].status, 404);
  });
  const id = await step('create', async () => {
    const r = await client.create({
      resourcePath: groups, versionString, accessToken,
      entity: { account: accountUrn, name: 'By the official client', status: 'DRAFT', runSchedule: { start: today.getTime(), end: today.getTime() + 864e5 }, totalBudget: { amount: '5000.00', currencyCode: env.SIM_CURRENCY } },
    });
    assert.equal(r.status, 201);
    assert.equal(r.data, '');
    assert.match(r.createdEntityId, /^\d+$/);
    return r.createdEntityId;
  });
  await step('create refused', async () => {
    await assert.rejects(
      client.create({ resourcePath: groups, versionString, accessToken, entity: { account: accountUrn, name: 'x', status: 'ON', runSchedule: { start: 1 } } }),
      (e) => e.response.status === 422 && /\/status :: "ON" is not an enum symbol/.test(e.response.data.message));
  });
  await step('partial_update', async () => {
    const r = await client.partialUpdate({
      resourcePath: `${groups}/{id}`, pathKeys: { id }, versionString, accessToken,
      originalEntity: { name: 'By the official client', runSchedule: { start: 1, end: 2 }, totalBudget: { amount: '1' } },
      modifiedEntity: { name: 'Renamed, "twice"', runSchedule: { start: 1 } },
    });
    assert.equal(r.status, 204);
    const read = await client.get({ resourcePath: `${groups}/{id}`, pathKeys: { id }, versionString, accessToken });
    assert.equal(read.data.name, 'Renamed, "twice"');
    assert.equal(read.data.runSchedule.end, undefined);
    assert.equal(read.data.totalBudget, undefined);
  });
  await step('batch_create and batch_partial_update', async () => {
    const entity = (name) => ({ account: accountUrn, name, status: 'DRAFT', runSchedule: { start: today.getTime() } });
    const r = await client.batchCreate({ resourcePath: groups, versionString, accessToken, entities: [entity('one'), { ...entity('two'), status: 'NO' }, entity('three')] });
    assert.deepEqual(r.data.elements.map((e) => e.status), [201, 422, 201]);
    const ids = [r.data.elements[0].id, r.data.elements[2].id];
    const u = await client.batchPartialUpdate({ resourcePath: groups, ids, versionString, accessToken, patchSetObjects: [{ name: 'uno' }, { name: 'tre' }] });
    assert.equal(u.data.results[ids[0]].status, 204);
    const d = await client.batchDelete({ resourcePath: groups, ids, versionString, accessToken });
    assert.equal(d.data.results[ids[1]].status, 204);
  });
  await step('delete', async () => {
    assert.equal((await client.delete({ resourcePath: `${groups}/{id}`, pathKeys: { id }, versionString, accessToken })).status, 204);
    await assert.rejects(client.get({ resourcePath: `${groups}/{id}`, pathKeys: { id }, versionString, accessToken }), (e) => e.response.status === 404);
  });
  const report = {
    resourcePath: '/adAnalytics', finderName: 'analytics', versionString, accessToken,
    queryParams: {
      pivot: 'CAMPAIGN', timeGranularity: 'DAILY', count: 15000,
      dateRange: { start: date(new Date(today - 30 * 864e5)), end: date(new Date(today - 864e5)) },
      accounts: [accountUrn], fields: 'dateRange,pivotValues,impressions,clicks,costInLocalCurrency',
    },
  };
  const rows = await step('analytics', async () => {
    const { data } = await client.finder(report);
    assert.ok(data.elements.length > 0);
    assert.equal(typeof data.elements[0].costInLocalCurrency, 'string');
    return data.elements.length;
  });
  await step('tunnelled long query', async () => {
    const all = await client.finder({
      resourcePath: `/adAccounts/${account}/adCampaigns`, finderName: 'search', versionString, accessToken,
      queryParams: { pageSize: 1000, search: { status: { values: ['ACTIVE', 'PAUSED', 'ARCHIVED', 'COMPLETED', 'CANCELED', 'DRAFT', 'PENDING_DELETION', 'REMOVED'] } }, fields: 'id' },
    });
    const urns = all.data.elements.map((c) => `urn:li:sponsoredCampaign:${c.id}`);
    while (urns.length < 200) urns.push(`urn:li:sponsoredCampaign:${1000 + urns.length}`);
    const { data, config } = await client.finder({ ...report, queryParams: { ...report.queryParams, campaigns: urns } });
    assert.equal(config.headers['x-http-method-override'] || config.headers['X-HTTP-Method-Override'], 'GET');
    assert.equal(data.elements.length, rows);
  });
  await step('creatives finder', async () => {
    const r = await client.finder({
      resourcePath: `/adAccounts/${account}/creatives`, finderName: 'criteria', versionString, accessToken,
      queryParams: { intendedStatuses: ['ACTIVE'], pageSize: 3 },
    });
    const urn = r.data.elements[0].id;
    const one = await client.get({ resourcePath: `/adAccounts/${account}/creatives/{id}`, pathKeys: { id: urn }, versionString, accessToken });
    assert.equal(one.data.id, urn);
  });
}

main().catch((e) => {
  console.error(e.response ? `${e.response.status} ${JSON.stringify(e.response.data)}` : e);
  process.exit(1);
});
