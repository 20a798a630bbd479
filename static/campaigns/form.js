/* The campaign form: putting a property into a text where the cursor stood, and asking for a fallback
   only where a text is not the same for everybody. */

"use strict";

/* An @ opens the list; Escape leaves it standing, choosing a property puts that in its place. */
document.addEventListener("input", (event) => {
  const menu = event.target.closest(".kc-slot-text")?.querySelector(".kc-insert");
  if (!menu || event.data !== "@") return;
  menu.open = true;
  menu.querySelector("input, .kb-menu-item")?.focus();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-insert]");
  if (!item) return;
  const field = document.getElementById(item.dataset.into);
  field.focus();
  const caret = field.selectionStart;
  if (caret && caret === field.selectionEnd && field.value[caret - 1] === "@") field.setSelectionRange(caret - 1, caret);
  /* insertText keeps the browser's undo, which setRangeText loses. */
  if (!document.execCommand("insertText", false, item.dataset.insert)) {
    field.setRangeText(item.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  item.closest("details").open = false;
});

/* A label that there is already goes into the field, or out of it. */
document.addEventListener("click", (event) => {
  const known = event.target.closest("[data-adds]");
  if (!known) return;
  const field = document.getElementById(known.dataset.addsTo);
  const typed = field.value.split(",").map((label) => label.trim()).filter(Boolean);
  const others = typed.filter((label) => label !== known.dataset.adds);
  field.value = (others.length < typed.length ? others : [...typed, known.dataset.adds]).join(", ");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

/* A picked moment is written out, where it can be read and changed like any other text. */
document.addEventListener("change", (event) => {
  const picker = event.target.closest("[data-picks-for]");
  if (!picker || !picker.value) return;
  const field = document.getElementById(picker.dataset.picksFor);
  field.value = picker.value.replace("T", " ");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("input", (event) => {
  const slot = event.target.closest(".kc-slot");
  if (!slot) return;
  if (event.target.matches("[data-picks-for]")) return;
  const [text, fallback] = slot.querySelectorAll("input[name*='text-'], input[name*='fallback-']");
  slot.classList.toggle("is-personal", text.value.includes("{") || fallback.value !== "");
});

/* When the last row is filled in, an empty one is there for another. */
document.addEventListener("change", (event) => {
  const rows = event.target.closest("[data-grows]");
  const last = rows?.lastElementChild;
  if (!last?.contains(event.target) || !event.target.value) return;
  const another = last.cloneNode(true);
  for (const field of another.querySelectorAll("select")) field.selectedIndex = 0;
  rows.append(another);
});

/* What is pressed among the variants goes when they are written anew: the keyboard goes on at the
   template of the one that was added, or of the next one behind the one that was taken away. */
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const pressed = detail.requestConfig?.elt;
  if (!pressed?.matches("button") || detail.target.id !== "slots") return;
  const summaries = [...document.querySelectorAll("#slots .kc-variant [data-picker] > summary")];
  const at = pressed.name === "without_variant" ? Number(pressed.value) : summaries.length - 1;
  (summaries[at] ?? summaries.at(-1))?.focus();
});

/* The way down to the phone is of no use while the phone is there. */
document.addEventListener("DOMContentLoaded", () => {
  const [jump, phone] = [".kc-jump", "#preview"].map((part) => document.querySelector(part));
  if (!jump || !phone) return;
  new IntersectionObserver(([entry]) => jump.classList.toggle("is-there", entry.isIntersecting)).observe(phone);
});
