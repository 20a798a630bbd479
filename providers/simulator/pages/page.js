"use strict";

const byId = id => document.getElementById(id);
const STAGES = {
  ACCEPTED: "on its way", SENT: "✓ sent", DELIVERED: "✓✓ delivered", READ: "✓✓ read",
  FAILED: "not delivered",
};
const LINK = /(https?:\/\/[^\s<>"']+)/;
let open = null;
let drawn = "";
let count = 0;

async function call(path, content) {
  const order = content && { method: "POST", body: JSON.stringify(content) };
  const answer = await fetch(path, order || undefined);
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error);
  return result;
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

const clock = at => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function say(text) {
  byId("note").textContent = text;
}

async function act(path, content, done) {
  try {
    await call(path, { account: open.account, phone: open.phone, ...content });
    say(done);
    await refresh();
  } catch (error) {
    say(`That didn't work: ${error.message}`);
  }
}

function click(message, target) {
  act("/_sim/click", { external_id: message.external_id, target }, `Clicked ${target}`);
}

const MARKS = { "*": "strong", "_": "em", "~": "s" };
const MARKED = /```([^]+?)```|(?<![\w*_~])([*_~])(?=\S)([^\n]+?)(?<=\S)\2(?![\w*_~])/;

/* *bold*, _italic_, ~strike~ and ```mono``` as a phone shows them; all else is text. */
function marked(text) {
  const found = MARKED.exec(text);
  if (!found) return [text];
  const inside = make(found[1] ? "code" : MARKS[found[2]]);
  inside.append(...(found[1] ? [found[1]] : marked(found[3])));
  return [text.slice(0, found.index), inside, ...marked(text.slice(found.index + found[0].length))];
}

function withLinks(message) {
  const text = make("span");
  for (const part of message.text.split(LINK)) {
    if (!LINK.test(part)) {
      text.append(...marked(part));
      continue;
    }
    const link = make("button", "link", part);
    link.type = "button";
    link.addEventListener("click", () => click(message, part));
    text.append(link);
  }
  return text;
}

function pressable(message, button) {
  const press = make("button", "press", button.target ? `↗ ${button.text}` : button.text);
  press.type = "button";
  press.addEventListener("click", () => {
    if (button.target) click(message, button.target);
    else act("/_sim/inbound", { button: button.text, payload: button.payload }, `Pressed ${button.text}`);
  });
  return press;
}

function copyable(button) {
  const press = make("button", "press", button.text);
  press.type = "button";
  press.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.code);
      say(`Copied ${button.code}`);
    } catch {
      say(`The code is ${button.code}`);
    }
  });
  return press;
}

const below = (message, buttons) => (buttons || []).map(
  button => (button.code === undefined ? pressable(message, button) : copyable(button)));

function leftUntil(end) {
  const minutes = Math.floor((end - Date.now()) / 60000);
  if (minutes < 0) return "Offer ended";
  if (minutes >= 1440) return `Ends in ${Math.ceil(minutes / 1440)} days`;
  return `Ends in ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function offerBox(message) {
  const code = (message.buttons || []).find(button => button.code !== undefined);
  const box = make("div", "offer");
  box.append(make("strong", "", message.offer.title || "Limited-time offer"));
  if (message.offer.ends_ms) {
    const soon = message.offer.ends_ms - Date.now() < 3600000;
    const left = make("span", soon ? "ends soon" : "ends", leftUntil(message.offer.ends_ms));
    left.dataset.ends = message.offer.ends_ms;
    box.append(left);
  }
  if (code) box.append(make("span", "code", `Code: ${code.code}`));
  return box;
}

function card(message, given, number, all) {
  const item = make("li", "card");
  item.setAttribute("aria-label", `Card ${number + 1} of ${all.length}`);
  item.append(make("div", "media", `${given.kind === "video" ? "▶" : "🖼"} ${given.media}`));
  const words = make("p");
  words.append(...marked(given.text));
  if (given.text) item.append(words);
  item.append(...below(message, given.buttons));
  return item;
}

function cardRow(message) {
  const row = make("ol", "cards");
  row.tabIndex = 0;
  row.setAttribute("aria-label", "Cards, to be swiped");
  row.append(...message.cards.map((given, number, all) => card(message, given, number, all)));
  return row;
}

function bubble(message) {
  const mine = message.from === "customer";
  const item = make("li", mine ? "bubble mine" : "bubble");
  if (message.media) item.append(make("div", "media", `📎 ${message.media}`));
  if (message.offer) item.append(offerBox(message));
  if (message.header) item.append(make("div", "head", message.header));
  item.append(mine ? make("span", "", message.text) : withLinks(message));
  if (message.footer) item.append(make("div", "foot", message.footer));
  const state = mine ? "" : ` · ${STAGES[message.stage] || message.stage}`;
  item.append(make("span", `when ${message.stage || ""}`, clock(message.at) + state));
  item.append(...below(message, message.buttons));
  if (message.cards?.length) item.append(cardRow(message));
  return item;
}

function draw(chat) {
  byId("business").textContent = `Business +${chat.business}`;
  byId("customer").textContent = `on the phone of ${chat.name}, +${chat.phone}`;
  byId("window").textContent = chat.window_open ? "24-hour window open" : "24-hour window closed";
  for (const left of document.querySelectorAll("[data-ends]")) left.textContent = leftUntil(Number(left.dataset.ends));
  const now = JSON.stringify(chat.messages);
  if (now === drawn) return;
  drawn = now;
  const list = byId("messages");
  list.replaceChildren(...chat.messages.map(bubble));
  if (chat.messages.length !== count) list.scrollTop = list.scrollHeight;
  count = chat.messages.length;
}

function person(row) {
  const item = make("li");
  const pick = make("button");
  pick.type = "button";
  pick.dataset.key = `${row.account}/${row.phone}`;
  const last = (row.last.from === "customer" ? "You: " : "") + row.last.text;
  pick.append(make("strong", "", row.name), make("time", "", clock(row.last.at)),
    make("span", "digits", `+${row.phone}`), make("span", "last", last));
  pick.addEventListener("click", () => pickUp(row.account, row.phone));
  item.append(pick);
  return item;
}

function listPeople(rows) {
  const list = byId("people");
  const focused = document.activeElement?.dataset?.key;
  list.replaceChildren(...rows.map(person));
  for (const button of list.querySelectorAll("button")) {
    const key = open && `${open.account}/${open.phone}`;
    button.setAttribute("aria-current", String(button.dataset.key === key));
    if (button.dataset.key === focused) button.focus();
  }
  byId("nobody").hidden = rows.length > 0;
}

function pickUp(account, phone) {
  open = { account, phone };
  drawn = "";
  count = 0;
  say("");
  byId("chat").hidden = false;
  byId("hint").hidden = true;
  document.body.classList.add("chatting");
  refresh();
}

async function refresh() {
  try {
    const [state, people] = await Promise.all([call("/_sim/state"), call("/_sim/people")]);
    const callbacks = state.callbacks;
    byId("counts").textContent = `${state.requests} requests read · ${callbacks.reports} reports`
      + ` posted · ${callbacks.waiting} waiting · ${callbacks.failed} given up`;
    listPeople(people);
    if (open) draw(await call(`/_sim/chat?${new URLSearchParams(open)}`));
  } catch {
    byId("counts").textContent = "The simulator doesn't answer.";
  }
}

async function offerAccounts() {
  const accounts = await call("/_sim/accounts");
  byId("account").replaceChildren(...accounts.map(row => new Option(row.name, row.name)));
  byId("account-choice").hidden = accounts.length < 2;
}

byId("register").addEventListener("submit", async event => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(event.target));
  given.number = given.number.replace(/\D/g, "");
  try {
    await call("/_sim/accounts", given);
    await offerAccounts();
    byId("registered").textContent = `“${given.name}” is served now, until the simulator ends.`;
  } catch (error) {
    byId("registered").textContent = `That didn't work: ${error.message}`;
  }
});
byId("open").addEventListener("submit", event => {
  event.preventDefault();
  pickUp(byId("account").value, byId("phone").value);
});
byId("write").addEventListener("submit", event => {
  event.preventDefault();
  act("/_sim/inbound", { text: byId("text").value }, "Sent");
  byId("text").value = "";
});
for (const button of document.querySelectorAll("[data-say]")) {
  button.addEventListener("click", () => act("/_sim/inbound", { text: button.dataset.say }, "Sent"));
}
byId("picture").addEventListener("click", () => act("/_sim/inbound", { picture: "a picture" }, "Sent"));
byId("back").addEventListener("click", () => {
  open = null;
  byId("chat").hidden = true;
  byId("hint").hidden = false;
  document.body.classList.remove("chatting");
});
offerAccounts();
refresh();
setInterval(refresh, 1000);
