/* The template editor: counters, toolbar, samples, rows of buttons, and problems beside fields.

   The server judges and draws; nothing here knows a rule. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("template_form");
  const side = document.getElementById("template-side");
  if (!form || !side || !form.elements.body) return;

  const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));
  const count = (text) => [...text].length;

  /* Counters ---------------------------------------------------------------------------------- */

  const showCount = (counter, input) => {
    const length = count(input.value);
    const limit = Number(input.dataset.limit);
    counter.textContent = `${length} / ${limit}`;
    counter.classList.toggle("is-amber", length > Number(input.dataset.amber) && length <= limit);
    counter.classList.toggle("is-red", length > limit);
  };

  const showCounts = () => {
    form.querySelectorAll("[data-counter-for]").forEach((counter) => {
      showCount(counter, document.getElementById(counter.dataset.counterFor));
    });
    form.querySelectorAll("[data-row-counter]").forEach((counter) => {
      showCount(counter, counter.closest("label").querySelector("input"));
    });
  };

  /* Toolbar ----------------------------------------------------------------------------------- */

  const body = form.elements.body;

  /* insertText keeps the browser's undo, which setRangeText loses. */
  const type = (text) => {
    body.focus();
    if (!document.execCommand("insertText", false, text)) {
      body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
      changed(body);
    }
  };

  const wrap = (mark) => {
    const chosen = body.value.slice(body.selectionStart, body.selectionEnd);
    const [, before, text, after] = chosen.match(/^(\s*)([\s\S]*?)(\s*)$/);
    const start = body.selectionStart + before.length + mark.length;
    type(`${before}${mark}${text}${mark}${after}`);
    body.setSelectionRange(start, start + text.length);
  };

  const placeholders = (text) => [...new Set([...text.matchAll(/\{\{(\d+|[a-z_][a-z0-9_]*)\}\}/g)].map((m) => m[1]))];

  const addVariable = () => {
    const numbers = placeholders(body.value).map(Number).filter(Boolean);
    type(`{{${Math.max(0, ...numbers) + 1}}}`);
  };

  form.querySelectorAll("[data-wrap]").forEach((button) => {
    button.addEventListener("click", () => wrap(button.dataset.wrap));
  });
  form.querySelector("[data-insert-variable]").addEventListener("click", addVariable);
  body.addEventListener("keydown", (event) => {
    const mark = { b: "*", i: "_" }[event.key.toLowerCase()];
    if (!mark || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    wrap(mark);
  });

  /* Samples ----------------------------------------------------------------------------------- */

  const samples = form.querySelector("[data-samples]");
  const remembered = new Map();

  const wantedSamples = () => {
    const inHeader = form.elements.header_kind.value === "TEXT" ? placeholders(form.elements.header_text.value) : [];
    return [
      ...inHeader.map((name) => [`header.${name}`, `{{${name}}} in the header`]),
      ...placeholders(body.value).sort((a, b) => a - b || 0).map((name) => [`body.${name}`, `{{${name}}} in the message`]),
    ];
  };

  const showSamples = () => {
    const wanted = wantedSamples();
    const rows = new Map([...samples.querySelectorAll(".tpl-sample")].map((row) => [row.querySelector("input").dataset.key, row]));
    rows.forEach((row, key) => {
      remembered.set(key, row.querySelector("input").value);
      if (!wanted.some(([name]) => name === key)) row.remove();
    });
    wanted.forEach(([key, words], position) => {
      const row = rows.get(key) || newSample(key);
      row.querySelector("span").textContent = words;
      const there = samples.querySelectorAll(".tpl-sample")[position];
      if (there !== row) samples.insertBefore(row, there || samples.querySelector("template"));
    });
    samples.classList.toggle("is-empty", !wanted.length);
  };

  const newSample = (key) => {
    const row = samples.querySelector("template").content.firstElementChild.cloneNode(true);
    const input = row.querySelector("input");
    input.name = `sample.${key}`;
    input.dataset.key = key;
    input.value = remembered.get(key) || "";
    return row;
  };

  /* Buttons ----------------------------------------------------------------------------------- */

  const buttons = form.querySelector("[data-buttons]");
  const rows = buttons.querySelector("[data-rows]");
  const VALUE_WORDS = { URL: ["Link", "https://example.com/{{1}}"], PHONE_NUMBER: ["Phone number", "+919000000001"] };
  const SAMPLE_WORDS = { URL: ["Sample of what {{1}} becomes", "summer-sale"], COPY_CODE: ["Sample code", "SAVE25"] };

  const dressRow = (row) => {
    const kind = row.querySelector("[name=button-kind]").value;
    const value = row.querySelector("[name=button-value]");
    const sample = row.querySelector("[name=button-sample]");
    const [valueWords, valueHint] = VALUE_WORDS[kind] || ["", ""];
    const [sampleWords, sampleHint] = SAMPLE_WORDS[kind] || ["", ""];
    row.dataset.kind = kind;
    row.querySelector("[data-value-words]").textContent = valueWords;
    row.querySelector("[data-sample-words]").textContent = sampleWords;
    value.placeholder = valueHint;
    sample.placeholder = sampleHint;
    row.querySelector(".tpl-for-label").hidden = kind === "COPY_CODE";
    row.querySelector(".tpl-for-value").hidden = !valueWords;
    row.querySelector(".tpl-for-sample").hidden = !sampleWords || (kind === "URL" && !value.value.includes("{{"));
  };

  const dressRows = () => {
    const all = [...rows.children];
    all.forEach((row, position) => {
      dressRow(row);
      row.querySelector("[data-move='-1']").disabled = position === 0;
      row.querySelector("[data-move='1']").disabled = position === all.length - 1;
    });
    const full = all.length >= 10;
    const has = (kind) => all.filter((row) => row.dataset.kind === kind).length;
    const most = { URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1, QUICK_REPLY: 10 };
    buttons.querySelectorAll("[data-add]").forEach((adder) => {
      adder.disabled = full || has(adder.dataset.add) >= most[adder.dataset.add];
    });
  };

  const addRow = (adder) => {
    const row = buttons.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
    row.querySelector("[name=button-kind]").value = adder.dataset.add;
    row.querySelector("[name=button-label]").value = adder.dataset.label;
    row.querySelector("[data-row-title]").textContent = adder.dataset.title;
    row.querySelector("[data-row-icon]").textContent = adder.dataset.icon;
    rows.append(row);
    dressRows();
    const first = [...row.querySelectorAll("input:not([type=hidden])")].find((input) => !input.closest("[hidden]"));
    if (first) first.focus();
    changed(row);
  };

  const moveRow = (row, by) => {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(row);
    else other.after(row);
    dressRows();
    const tool = row.querySelector(`[data-move='${by}']`);
    (tool.disabled ? row.querySelector(`[data-move='${-by}']`) : tool).focus();
    changed(row);
  };

  const removeRow = (row) => {
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    dressRows();
    (next ? next.querySelector("[data-remove]") : buttons.querySelector("[data-add]")).focus();
    changed(rows);
  };

  buttons.addEventListener("click", (event) => {
    const tool = event.target.closest("button");
    if (!tool) return;
    const row = tool.closest(".tpl-row");
    if (tool.dataset.add) addRow(tool);
    else if (tool.dataset.move) moveRow(row, Number(tool.dataset.move));
    else if ("remove" in tool.dataset) removeRow(row);
  });

  /* Problems ---------------------------------------------------------------------------------- */

  const FIELDS = { header: ["header_text", "header_media", "header_kind"], buttons: ["buttons"] };

  const isShown = (element) => element && element.offsetParent !== null;

  const boxOf = (place) => {
    const [part, index] = place.split(".");
    if (part === "button") return rows.children[Number(index)] || buttons;
    if (part === "buttons") return buttons;
    if (part === "samples") return samples;
    const inputs = (FIELDS[part] || [part]).map((name) => form.elements[name]);
    const input = inputs.find(isShown) || inputs.find(Boolean);
    if (!input || !("closest" in input)) return null;
    return input.closest(".tpl-body, .tpl-counted") || input.parentElement;
  };

  const placeProblems = () => {
    form.querySelectorAll(".tpl-problem.is-beside").forEach((old) => old.remove());
    form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
    const list = side.querySelector("[data-problems]");
    [...list.children].forEach((problem) => {
      form.querySelectorAll("ul.errorlist li").forEach((told) => {
        if (told.textContent.trim() === problem.textContent.trim()) told.remove();
      });
      const box = boxOf(problem.dataset.place);
      if (!box) return;
      problem.classList.add("is-beside");
      box.append(problem);
      if (!problem.matches(".tpl-error")) return;
      box.querySelectorAll("input:not([type=hidden]), textarea").forEach((input) => input.setAttribute("aria-invalid", "true"));
    });
  };

  /* Everything together ----------------------------------------------------------------------- */

  const refresh = () => {
    showSamples();
    dressRows();
    showCounts();
  };

  form.addEventListener("input", refresh);
  form.addEventListener("change", refresh);
  side.addEventListener("htmx:afterSwap", placeProblems);
  refresh();
  /* After the theme has hidden the fields that don't apply. */
  setTimeout(placeProblems);

  /* The way down to the phone is of no use while the phone is there. */
  const jump = document.querySelector(".tpl-jump");
  new IntersectionObserver(([entry]) => jump.classList.toggle("is-there", entry.isIntersecting)).observe(side);

  /* The language box is jQuery's, whose events the page does not hear. */
  const { jQuery } = window.django || {};
  if (jQuery) jQuery(form.elements.language).on("select2:select", () => changed(form.elements.language));
});
