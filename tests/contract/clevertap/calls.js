// Calls that a shop's backend makes, by the client that CleverTap publishes. Prints what it was told.
const CleverTap = require("clevertap");

const { ACCOUNT, PASSCODE, ENDPOINT } = process.env;
const clevertap = CleverTap.init(ACCOUNT, PASSCODE, CleverTap.REGIONS.INDIA);
clevertap.api.apiEndpoint = ENDPOINT;

const now = Math.floor(Date.now() / 1000);
const people = Array.from({ length: 120 }, (_, n) => ({
  type: "profile",
  identity: `c-${n}`,
  ts: now,
  profileData: { Name: `Asha ${n}`, Phone: `+9190000${10000 + n}`, Cities: { $add: ["Pune"] } },
}));
const order = {
  type: "event",
  identity: "c-1",
  ts: now,
  evtName: "Charged",
  evtData: { Amount: 300, Currency: "INR", "Paid on": `$D_${now}`, Items: [{ Category: "books" }] },
};
const unknown = { type: "event", FBID: "34322423", evtName: "Viewed", evtData: { Price: 59.99 } };
const wrong = { type: "profile", identity: "c-2", profileData: { Email: "nowhere" } };

(async () => {
  const told = {};
  told.people = await clevertap.upload(people, { batchSize: 1000 });
  told.events = await clevertap.upload([order, unknown, wrong]);
  told.profile = await clevertap.profile({ identity: "c-1" });
  told.nobody = await clevertap.profile({ identity: "nobody" });
  told.optedOut = await clevertap.subscribe({
    d: [{ type: "whatsapp", value: "+919000010001", status: "Unsubscribe" }],
  });
  const day = (away) =>
    Number(new Date(Date.now() + away * 86400000).toISOString().slice(0, 10).replaceAll("-", ""));
  const charged = { event_name: "Charged", from: day(-365), to: day(1) };
  told.count = await clevertap.getProfilesCount(charged);
  told.times = await clevertap.getEventsCount(charged);
  told.trend = await clevertap.trends({ ...charged, groups: { foo: { trend_type: "daily" } } });
  told.top = await clevertap.topPropertyCounts({
    ...charged,
    groups: { foo: { property_type: "event_properties", name: "Currency" } },
  });
  told.who = await clevertap.profiles(charged, { batchSize: 50 });
  told.targets = await clevertap.targets("list", { from: day(-1), to: day(0) });
  told.erased = await clevertap.delete({ identity: ["c-3"] });
  told.merged = await clevertap.demerge({ identities: ["c-1"] });
  console.log(JSON.stringify(told));
})();
