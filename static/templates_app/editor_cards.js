/* The cards of a carousel: add, double, move and delete them; one set of buttons for all. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-cards]");
  if (!box) return;

  const { cell, changed, dress, make, placeholders, showSamples, sorted } = KabootarRows;
  const form = box.closest("form");
  const list = box.querySelector("[data-card-list]");
  const said = box.querySelector("[data-cards-said]");
  const header = box.querySelector("[data-cards-header]");
  const most = Number(box.dataset.most);
  const cards = () => [...list.children];
  const rowsOf = (card) => card.querySelector("[data-card-rows]");

  /* Keys are never used twice, so that no two cards answer to one name. */
  let last = Math.max(0, ...cards().map((card) => Number(card.dataset.key.slice(1))));

  const rename = (card, key) => {
    const old = card.dataset.key;
    card.dataset.key = key;
    card.querySelector("[data-card-key]").value = key;
    card.querySelectorAll("[name]").forEach((input) => {
      input.name = input.name.replace(new RegExp(`^(sample\\.)?${old}(?=[-.])`), `$1${key}`);
    });
    card.querySelectorAll("[data-card-samples] input").forEach((input) => {
      input.dataset.key = input.dataset.key.replace(old, key);
    });
  };

  const tell = (words) => {
    said.textContent = words;
  };

  /* The buttons that all cards share are those of the first card. */
  const set = () => {
    const first = cards()[0];
    return first ? [...rowsOf(first).children].map((row) => cell(row, "kind").value) : [];
  };
  const adderOf = (kind) => box.querySelector(`[data-set-add=${kind}]`);

  const applySet = (kinds) => {
    cards().forEach((card) => {
      const old = [...rowsOf(card).children];
      const rows = kinds.map((kind) => {
        const at = old.findIndex((row) => cell(row, "kind").value === kind);
        return at < 0 ? newRow(card, kind) : old.splice(at, 1)[0];
      });
      rowsOf(card).replaceChildren(...rows);
    });
  };

  const newRow = (card, kind) => {
    const row = make(box.querySelector("[data-card-row]"), adderOf(kind));
    row.querySelectorAll("[data-cell]").forEach((input) => {
      input.name = `${card.dataset.key}-button-${input.dataset.cell}`;
    });
    return row;
  };

  const showSet = () => {
    const kinds = set();
    box.querySelector("[data-set]").replaceChildren(
      ...kinds.map((kind, position) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = "kb-pill kb-grey tpl-chip";
        chip.dataset.setRemove = position;
        const adder = adderOf(kind);
        chip.textContent = `${adder ? adder.dataset.title : kind} ×`;
        chip.setAttribute("aria-label", `Take “${adder ? adder.dataset.title : kind}” out of every card`);
        return chip;
      }),
    );
    box.querySelectorAll("[data-set-add]").forEach((adder) => {
      adder.disabled = kinds.length >= 2;
    });
  };

  const add = (card, after) => {
    last += 1;
    rename(card, `k${last}`);
    if (after) after.after(card);
    else list.append(card);
    return card;
  };

  const fresh = () => {
    const card = box.querySelector("[data-card-template]").content.firstElementChild.cloneNode(true);
    const kinds = set();
    add(card);
    rowsOf(card).replaceChildren(...kinds.map((kind) => newRow(card, kind)));
    tell(`Card ${cards().length} added.`);
    card.querySelector("[data-media] input").focus();
  };

  const double = (card) => {
    const copy = card.cloneNode(true);
    /* A copy of the elements has the values of the page as it came, not what was typed since. */
    const typed = [...card.querySelectorAll("input, textarea")];
    copy.querySelectorAll("input, textarea").forEach((input, at) => {
      if (input.type !== "file") input.value = typed[at].value;
    });
    add(copy, card);
    tell(`Card doubled; the copy is card ${cards().indexOf(copy) + 1}.`);
    copy.querySelector("[data-card-double]").focus();
  };

  const move = (card, by, focus) => {
    const other = by < 0 ? card.previousElementSibling : card.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(card);
    else other.after(card);
    tell(`This is card ${cards().indexOf(card) + 1} of ${cards().length} now.`);
    (focus.disabled ? card.querySelector("[data-grip]") : focus).focus();
  };

  const remove = (card) => {
    const next = card.nextElementSibling || card.previousElementSibling;
    card.remove();
    tell("Card deleted.");
    (next ? next.querySelector("[data-card-remove]") : box.querySelector("[data-card-add]")).focus();
  };

  box.addEventListener("click", (event) => {
    const tool = event.target.closest("button");
    if (!tool) return;
    const card = tool.closest("[data-card]");
    if ("cardAdd" in tool.dataset) fresh();
    else if ("cardDouble" in tool.dataset) double(card);
    else if ("cardRemove" in tool.dataset) remove(card);
    else if (tool.dataset.cardMove) move(card, Number(tool.dataset.cardMove), tool);
    else if (tool.dataset.setAdd) applySet([...set(), tool.dataset.setAdd]);
    else if (tool.dataset.setRemove) applySet(set().filter((_, at) => at !== Number(tool.dataset.setRemove)));
    else return;
    refresh();
    changed(list);
  });

  box.addEventListener("keydown", (event) => {
    const grip = event.target.closest("[data-grip]");
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!grip || !by) return;
    event.preventDefault();
    move(grip.closest("[data-card]"), by, grip);
    refresh();
    changed(list);
  });

  /* Dragging: the card goes where the pointer is, between two others. */
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip) return;
    dragged = grip.closest("[data-card]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.key);
    event.dataTransfer.setDragImage(dragged, 20, 20);
    dragged.classList.add("is-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-card]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    dragged = null;
    refresh();
    changed(list);
  });

  const refresh = () => {
    const all = cards();
    all.forEach((card, at) => {
      card.querySelector("[data-card-number]").textContent = at + 1;
      card.querySelector("[data-card-header]").value = header.value;
      card.querySelector("[data-media-words]").textContent = header.value === "VIDEO" ? "Sample video" : "Sample picture";
      card.querySelector("[data-card-move='-1']").disabled = at === 0;
      card.querySelector("[data-card-move='1']").disabled = at === all.length - 1;
      card.querySelector("[data-card-double]").disabled = all.length >= most;
      [...rowsOf(card).children].forEach(dress);
      const names = sorted(placeholders(card.querySelector("textarea").value));
      const wanted = names.map((name) => [`${card.dataset.key}.${name}`, `{{${name}}} in this card`]);
      showSamples(card.querySelector("[data-card-samples]"), box.querySelector("[data-card-sample]"), wanted);
    });
    box.querySelector("[data-card-add]").disabled = all.length >= most;
    showSet();
  };

  form.addEventListener("input", refresh);
  form.addEventListener("change", refresh);
  refresh();
});
