"use strict";
// The widespread JavaScript client (google-ads-api), run against the simulator.
// Its queries are REST, sent to a host that is written into it: an interceptor
// sends them to the simulator instead, and so does a wrapped https.request with
// the call for a token. Its other calls are gRPC and go through bridge.py.
//
// Each step prints "OK name"; the first thing that is wrong ends the program.
const assert = require("node:assert");
const { spawn } = require("node:child_process");
const { once } = require("node:events");

const SIM = process.env.SIM_URL;
const local = (url) => String(url).replace(/^https:\/\/(googleads|oauth2|www)\.googleapis\.com/, SIM);
const https = require("node:https");
const http = require("node:http");
const secure = https.request;
https.request = (url, options, then) =>
  local(url) === String(url) ? secure(url, options, then) : http.request(local(url), { ...options, agent: undefined }, then);

const step = (name) => console.log("OK " + name);

async function bridge() {
  const child = spawn(".venv/bin/python", ["bridge.py"], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { child, ...JSON.parse(String(line)) };
}

async function main() {
  const tunnel = await bridge();
  process.env.GRPC_DEFAULT_SSL_ROOTS_FILE_PATH = tunnel.roots; // read when grpc is loaded
  const axios = require("axios");
  axios.interceptors.request.use((config) => ({ ...config, url: local(config.url), proxy: false }));
  const { GoogleAdsApi, enums } = require("google-ads-api");

  const [host, port] = tunnel.endpoint.split(":");
  const api = new GoogleAdsApi({
    client_id: process.env.SIM_CLIENT_ID, client_secret: process.env.SIM_CLIENT_SECRET, developer_token: "x",
    grpc_channel_options: { servicePath: host, port: Number(port) },
  });
  const refresh_token = process.env.SIM_REFRESH;
  const account = process.env.SIM_ACCOUNT;
  const customer = api.Customer({ customer_id: account, login_customer_id: process.env.SIM_LOGIN, refresh_token });

  const campaigns = await customer.query("SELECT campaign.id, campaign.name, campaign.status, campaign_budget.amount_micros FROM campaign WHERE campaign.status != 'REMOVED' ORDER BY campaign.id");
  assert(campaigns.length > 3 && campaigns[0].campaign.status === enums.CampaignStatus.ENABLED || campaigns[0].campaign.status === "ENABLED", JSON.stringify(campaigns[0]));
  assert.strictEqual(Number(campaigns[0].campaign_budget.amount_micros) > 0, true);
  step("query");

  const report = await customer.report({
    entity: "campaign", attributes: ["campaign.id"], metrics: ["metrics.impressions", "metrics.cost_micros", "metrics.conversions", "metrics.average_cpc"],
    segments: ["segments.date", "segments.device"], from_date: "2026-11-01", to_date: "2026-11-07",
  });
  assert(report.length > 50 && report.every((r) => r.segments.date >= "2026-11-01" && r.segments.date <= "2026-11-07"));
  step("report");

  let streamed = 0;
  for await (const row of customer.reportStream({ entity: "ad_group_ad", attributes: ["ad_group_ad.ad.id"], metrics: ["metrics.clicks"], segments: ["segments.date"], from_date: "2026-11-01", to_date: "2026-11-20" })) {
    assert(row.ad_group_ad.ad.id && row.metrics.clicks !== undefined);
    streamed++;
  }
  assert(streamed > 100, String(streamed));
  step("report stream");

  const count = await customer.reportCount({ entity: "campaign", attributes: ["campaign.id"] });
  const all = await customer.query("SELECT campaign.id FROM campaign");
  assert.strictEqual(count, all.length);
  step("report count");

  await assert.rejects(customer.query("SELECT campaign.foo FROM campaign"), (e) => JSON.stringify(e).includes("UNRECOGNIZED_FIELD"));
  step("an error of a query");

  const accessible = await api.listAccessibleCustomers(refresh_token);
  assert(accessible.resource_names.includes("customers/" + process.env.SIM_LOGIN));
  step("list accessible customers");

  const made = await customer.campaignBudgets.create([{ name: "by JavaScript", amount_micros: 5_000_000, explicitly_shared: false }]);
  const budget = made.results[0].resource_name;
  assert(budget.startsWith(`customers/${account}/campaignBudgets/`));
  await customer.campaignBudgets.update([{ resource_name: budget, amount_micros: 6_000_000 }]);
  const [read] = await customer.query(`SELECT campaign_budget.amount_micros FROM campaign_budget WHERE campaign_budget.resource_name = '${budget}'`);
  assert.strictEqual(Number(read.campaign_budget.amount_micros), 6_000_000);
  await customer.campaignBudgets.remove([budget]);
  step("create, update and remove");

  await assert.rejects(customer.campaigns.create([{ name: "nothing else" }]), (e) => e.errors.every((x) => x.error_code.field_error !== undefined));
  step("an error of a mutate");

  tunnel.child.stdin.end();
  await once(tunnel.child, "exit");
  process.exit(0);
}

main().catch((e) => {
  console.error(e, JSON.stringify(e));
  process.exit(1);
});
