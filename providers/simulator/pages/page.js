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

function withLinks(message) {
  const text = make("span");
  for (const part of message.text.split(LINK)) {
    if (!LINK.test(part)) {
      text.append(part);
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

function bubble(message) {
  const mine = message.from === "customer";
  const item = make("li", mine ? "bubble mine" : "bubble");
  if (message.media) item.append(make("div", "media", `📎 ${message.media}`));
  if (message.header) item.append(make("div", "head", message.header));
  item.append(mine ? make("span", "", message.text) : withLinks(message));
  if (message.footer) item.append(make("div", "foot", message.footer));
  const state = mine ? "" : ` · ${STAGES[message.stage] || message.stage}`;
  item.append(make("span", `when ${message.stage || ""}`, clock(message.at) + state));
  for (const button of message.buttons || []) item.append(pressable(message, button));
  return item;
}

function draw(chat) {
  byId("business").textContent = `Business +${chat.business}`;
  byId("customer").textContent = `on the phone of ${chat.name}, +${chat.phone}`;
  byId("window").textContent = chat.window_open ? "24-hour window open" : "24-hour window closed";
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
