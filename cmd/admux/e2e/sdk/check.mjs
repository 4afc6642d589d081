// Reads everything of one connection through the published SDK, which validates each answer against its own schemas.
// Prints one JSON object: per operation how many items came and the ids; a fault is thrown and ends with exit code 1.
import { UnifiedTo } from "@unified-api/typescript-sdk";

const { ADMUX_URL, ADMUX_API_KEY, ADMUX_CONNECTION } = process.env;
const sdk = new UnifiedTo({ serverURL: ADMUX_URL, security: { jwt: ADMUX_API_KEY } });
const connectionId = ADMUX_CONNECTION;
const found = {};

async function check(name, call) {
  let items;
  try {
    items = await call();
  } catch (e) {
    const detail = e.body ?? e.pretty?.() ?? e.cause?.message ?? "";
    throw new Error(`${name}: ${e.name}: ${e.message}\n${detail}`.slice(0, 4000));
  }
  if (!Array.isArray(items)) items = [items];
  found[name] = { count: items.length, ids: items.map((i) => i.id) };
  return items;
}

// every page of a list, as a program of a partner would walk it
async function all(name, call) {
  const limit = 100;
  return check(name, async () => {
    const items = [];
    for (let offset = 0; ; offset += limit) {
      const page = await call({ connectionId, limit, offset });
      items.push(...page);
      if (page.length < limit) return items;
    }
  });
}

await check("connections", () => sdk.connection.listUnifiedConnections({}));
await check("connection", () => sdk.connection.getUnifiedConnection({ id: connectionId }));
await check("integrations", () => sdk.integration.listUnifiedIntegrations({}));

const organizations = await all("organizations", (q) => sdk.ads.listAdsOrganizations(q));
const orgId = organizations[0].id;
const campaigns = await all("campaigns", (q) => sdk.ads.listAdsCampaigns(q));
const groups = await all("groups", (q) => sdk.ads.listAdsGroups(q));
const ads = await all("ads", (q) => sdk.ads.listAdsAds(q));
const creatives = await all("creatives", (q) => sdk.ads.listAdsCreatives(q));
await check("assets", () => sdk.ads.listAdsAssets({ connectionId, orgId, limit: 10 }));
const targets = await check("targets", () => sdk.ads.listAdsTargets({ connectionId, limit: 10 }));
await check("promoteds", () => sdk.ads.listAdsPromoteds({ connectionId, orgId, limit: 10 }));

await check("organization", () => sdk.ads.getAdsOrganization({ connectionId, id: orgId }));
// The last of each is of another account than the first: an id is enough, or the answer names the accounts to choose from.
async function one(name, call) {
  try {
    await check(name, call);
  } catch (e) {
    if (!/org_id/.test(e.message) || !e.message.includes(orgId)) throw e;
    found[name] = { count: 0, ids: [] };
  }
}
await one("campaign", () => sdk.ads.getAdsCampaign({ connectionId, id: campaigns.at(-1).id }));
await one("group", () => sdk.ads.getAdsGroup({ connectionId, id: groups.at(-1).id }));
await one("ad", () => sdk.ads.getAdsAd({ connectionId, id: ads.at(-1).id }));
await one("creative", () => sdk.ads.getAdsCreative({ connectionId, id: creatives.at(-1).id }));

const sum = (reports, type) => reports.flatMap((r) => r.metrics ?? []).filter((m) => m.type === type).reduce((n, m) => n + m.value, 0);
const reports = await check("reports", () => sdk.ads.listAdsReports({ connectionId, type: "IMPRESSIONS,CLICKS,COST,CTR,CPC" }));
const daily = await check("reports by day", () => sdk.ads.listAdsReports({ connectionId, dimension: "DATE", type: "IMPRESSIONS,CLICKS,COST" }));
await check("reports of all connections", () => sdk.ads.listAdsReports({ connectionId: "all", type: "IMPRESSIONS,COST" }));
found.impressions = { whole: sum(reports, "IMPRESSIONS"), daily: sum(daily, "IMPRESSIONS") };
found.targets.names = targets.map((t) => t.name);

console.log(JSON.stringify(found));
