/* The template editor: counters, toolbar, samples, the message's buttons, problems beside fields.

   The server judges and draws; nothing here knows a rule. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("template_form");
  const side = document.getElementById("template-side");
  if (!form || !side || !form.elements.body) return;

  const { changed, dress, make, placeholders, showSamples, sorted } = KabootarRows;
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
    form.querySelectorAll("[data-counter]").forEach((counter) => {
      showCount(counter, counter.closest(".tpl-body, .tpl-counted").querySelector("textarea, input"));
    });
    form.querySelectorAll("[data-row-counter]").forEach((counter) => {
      showCount(counter, counter.closest("label").querySelector("input"));
    });
  };

  /* Toolbars ---------------------------------------------------------------------------------- */

  const textOf = (tool) => tool.closest(".tpl-body").querySelector("textarea");

  /* insertText keeps the browser's undo, which setRangeText loses. */
  const type = (text, words) => {
    text.focus();
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
      changed(text);
    }
  };

  const wrap = (text, mark) => {
    const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
    const [, before, inner, after] = chosen.match(/^(\s*)([\s\S]*?)(\s*)$/);
    const start = text.selectionStart + before.length + mark.length;
    type(text, `${before}${mark}${inner}${mark}${after}`);
    text.setSelectionRange(start, start + inner.length);
  };

  const addVariable = (text) => {
    const numbers = placeholders(text.value).map(Number).filter(Boolean);
    type(text, `{{${Math.max(0, ...numbers) + 1}}}`);
  };

  form.addEventListener("click", (event) => {
    const tool = event.target.closest(".tpl-toolbar button");
    if (!tool) return;
    const text = textOf(tool);
    if (tool.dataset.wrap) wrap(text, tool.dataset.wrap);
    else if (tool.dataset.insert) {
      tool.closest("details").open = false;
      type(text, tool.dataset.insert);
    } else if ("insertVariable" in tool.dataset) addVariable(text);
  });

  form.addEventListener("keydown", (event) => {
    const mark = { b: "*", i: "_" }[event.key.toLowerCase()];
    if (!mark || !(event.ctrlKey || event.metaKey) || !event.target.closest(".tpl-body textarea")) return;
    event.preventDefault();
    wrap(event.target, mark);
  });

  /* Samples ----------------------------------------------------------------------------------- */

  const samples = form.querySelector("[data-samples]");

  const wantedSamples = () => {
    const { header_kind: kind, header_text: header, body } = form.elements;
    const inHeader = header && kind.value === "TEXT" ? placeholders(header.value) : [];
    return [
      ...inHeader.map((name) => [`header.${name}`, `{{${name}}} in the header`]),
      ...sorted(placeholders(body.value)).map((name) => [`body.${name}`, `{{${name}}} in the message`]),
    ];
  };

  /* Buttons ----------------------------------------------------------------------------------- */

  const buttons = form.querySelector("[data-buttons]");
  const rows = buttons && buttons.querySelector("[data-rows]");

  const dressRows = () => {
    const all = [...rows.children];
    all.forEach((row, position) => {
      dress(row);
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
    const row = make(buttons.querySelector("[data-row-template]"), adder);
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

  if (buttons) {
    buttons.addEventListener("click", (event) => {
      const tool = event.target.closest("button");
      if (!tool) return;
      const row = tool.closest(".tpl-row");
      if (tool.dataset.add) addRow(tool);
      else if (tool.dataset.move) moveRow(row, Number(tool.dataset.move));
      else if ("remove" in tool.dataset) removeRow(row);
    });
  }

  /* Problems ---------------------------------------------------------------------------------- */

  const FIELDS = { header: ["header_text", "header_media", "header_kind"], offer: ["offer_text"] };

  const isShown = (element) => element && element.offsetParent !== null;

  /* "card.0.body", "card.0.button.1", "card.0.header" … */
  const boxInCard = (number, part, index) => {
    const card = form.querySelectorAll("[data-card-list] > [data-card]")[Number(number)];
    if (!card) return form.querySelector("[data-cards]");
    const list = card.querySelector("[data-card-rows]");
    if (part === "body") return card.querySelector(".tpl-body");
    if (part === "header") return card.querySelector("[data-media]");
    if (part === "button") return list.children[Number(index)] || card;
    return card;
  };

  const boxOf = (place) => {
    const [part, index, inner, at] = place.split(".");
    if (part === "card") return boxInCard(index, inner, at);
    if (part === "cards") return form.querySelector("[data-cards]");
    if (part === "button" && rows) return rows.children[Number(index)] || buttons;
    if (part === "buttons") return buttons;
    if (part === "samples") return samples;
    const inputs = (FIELDS[part] || [part]).map((name) => form.elements[name]);
    const input = inputs.find(isShown) || inputs.find(Boolean);
    if (!input || !("closest" in input)) return null;
    return input.closest(".tpl-body, .tpl-counted, .tpl-media") || input.parentElement;
  };

  const placeProblems = () => {
    form.querySelectorAll(".tpl-problem.is-beside").forEach((old) => old.remove());
    form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
    const list = side.querySelector("[data-problems]");
    [...list.children].forEach((problem) => {
      form.querySelectorAll("ul.errorlist li").forEach((told) => {
        if (told.textContent.trim() === problem.dataset.message) told.remove();
      });
      const box = boxOf(problem.dataset.place);
      if (!box) return;
      problem.classList.add("is-beside");
      box.append(problem);
      if (!problem.matches(".tpl-error")) return;
      box.querySelectorAll("input:not([type=hidden]):not([type=checkbox]):not([type=file]), textarea").forEach((input) => input.setAttribute("aria-invalid", "true"));
    });
  };

  /* Everything together ----------------------------------------------------------------------- */

  const refresh = () => {
    showSamples(samples, samples.querySelector("template"), wantedSamples());
    if (buttons) dressRows();
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
