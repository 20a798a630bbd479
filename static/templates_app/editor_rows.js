/* Rows of buttons, in a message and in cards; and samples, a row for each placeholder. */

"use strict";

const KabootarRows = (() => {
  const VALUE_WORDS = { URL: ["Link", "https://example.com/{{1}}"], PHONE_NUMBER: ["Phone number", "+919000000001"] };
  const SAMPLE_WORDS = { URL: ["Sample of what {{1}} becomes", "summer-sale"], COPY_CODE: ["Sample code", "SAVE25"] };

  const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));
  const cell = (row, name) => row.querySelector(`[data-cell=${name}]`);

  /* Shows of a row what its kind needs. */
  const dress = (row) => {
    const kind = cell(row, "kind").value;
    const value = cell(row, "value");
    const [valueWords, valueHint] = VALUE_WORDS[kind] || ["", ""];
    const [sampleWords, sampleHint] = SAMPLE_WORDS[kind] || ["", ""];
    row.dataset.kind = kind;
    row.querySelector("[data-value-words]").textContent = valueWords;
    row.querySelector("[data-sample-words]").textContent = sampleWords;
    value.placeholder = valueHint;
    cell(row, "sample").placeholder = sampleHint;
    row.querySelector(".tpl-for-label").hidden = kind === "COPY_CODE";
    row.querySelector(".tpl-for-value").hidden = !valueWords;
    row.querySelector(".tpl-for-sample").hidden = !sampleWords || (kind === "URL" && !value.value.includes("{{"));
  };

  /* `adder` is the button that says which kind it is. */
  const make = (template, adder) => {
    const row = template.content.firstElementChild.cloneNode(true);
    cell(row, "kind").value = adder.dataset.add || adder.dataset.setAdd;
    cell(row, "label").value = adder.dataset.label || "";
    row.querySelector("[data-row-title]").textContent = adder.dataset.title;
    row.querySelector("[data-row-icon]").textContent = adder.dataset.icon;
    return row;
  };

  const placeholders = (text) => [...new Set([...text.matchAll(/\{\{(\d+|[a-z_][a-z0-9_]*)\}\}/g)].map((m) => m[1]))];

  const sorted = (names) => (names.every((name) => /^\d+$/.test(name)) ? names.sort((a, b) => a - b) : names);

  /* `wanted` is [[key, words], …]; what somebody wrote comes back when its placeholder does. */
  const remembered = new Map();
  const showSamples = (box, template, wanted) => {
    const rows = new Map([...box.querySelectorAll(".tpl-sample")].map((row) => [row.querySelector("input").dataset.key, row]));
    rows.forEach((row, key) => {
      remembered.set(key, row.querySelector("input").value);
      if (!wanted.some(([name]) => name === key)) row.remove();
    });
    wanted.forEach(([key, words], position) => {
      const row = rows.get(key) || newSample(template, key);
      row.querySelector("span").textContent = words;
      const there = box.querySelectorAll(".tpl-sample")[position];
      if (there !== row) box.insertBefore(row, there || box.querySelector("template"));
    });
    box.classList.toggle("is-empty", !wanted.length);
  };

  const newSample = (template, key) => {
    const row = template.content.firstElementChild.cloneNode(true);
    const input = row.querySelector("input");
    input.name = `sample.${key}`;
    input.dataset.key = key;
    input.value = remembered.get(key) || "";
    return row;
  };

  return { cell, changed, dress, make, placeholders, showSamples, sorted };
})();
