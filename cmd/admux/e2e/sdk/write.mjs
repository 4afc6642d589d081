// Creates, changes and removes a campaign, a group, a creative and an ad through the published SDK. The bodies come as JSON
// with the names of the API; the SDK has names of its own for them and checks every answer against its own schemas.
import { UnifiedTo } from "@unified-api/typescript-sdk";

const { ADMUX_URL, ADMUX_API_KEY, ADMUX_CONNECTION, ADMUX_BODIES } = process.env;
const sdk = new UnifiedTo({ serverURL: ADMUX_URL, security: { jwt: ADMUX_API_KEY } });
const connectionId = ADMUX_CONNECTION;

const camel = (v) =>
  Array.isArray(v) ? v.map(camel)
  : v && typeof v === "object" ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k.replace(/_([a-z])/g, (_, c) => c.toUpperCase()), camel(x)]))
  : v;
const bodies = camel(JSON.parse(ADMUX_BODIES));
const ids = {};
const out = {};

async function step(name, call) {
  try {
    return await call();
  } catch (e) {
    throw new Error(`${name}: ${e.name}: ${e.message}\n${e.body ?? e.pretty?.() ?? e.cause?.message ?? ""}`.slice(0, 4000));
  }
}

const kinds = {
  campaign: ["Campaign", () => ({})],
  group: ["Group", () => ({ campaignId: ids.campaign })],
  creative: ["Creative", () => (bodies.creative.groupId === null ? {} : { groupId: ids.group })],
  ad: ["Ad", () => ({ groupId: ids.group, creativeIds: [ids.creative] })],
};

for (const [kind, [name, parents]] of Object.entries(kinds)) {
  const body = { ...bodies[kind], ...parents() };
  if (body.groupId === null) delete body.groupId;
  const made = await step("create " + kind, () => sdk.ads[`createAds${name}`]({ connectionId, [`ads${name}`]: body }));
  ids[kind] = made.id;
  out[kind] = { id: made.id, status: made.status };
}
const changes = { campaign: { budgetAmount: 60 }, group: { name: "Renamed" }, creative: bodies.creativeChange, ad: { status: "PAUSED" } };
for (const [kind, change] of Object.entries(changes)) {
  if (!change) continue;
  const [name] = kinds[kind];
  const call = sdk.ads[`patchAds${name}`].bind(sdk.ads);
  const done = await step("patch " + kind, () => call({ connectionId, id: ids[kind], [`ads${name}`]: change }));
  out[kind].answered = done.id;
  out[kind].patched = Object.keys(change).every((k) => done[k] === change[k]);
}
for (const kind of ["ad", "creative", "group", "campaign"]) {
  if (kind === "creative" && ids.creative === ids.ad) continue; // one object at the platform
  await step("remove " + kind, () => sdk.ads[`removeAds${kinds[kind][0]}`]({ connectionId, id: ids[kind] }));
  out[kind].removed = true;
}
console.log(JSON.stringify(out));
