/* The campaign form: putting a property into a text where the cursor stood, and asking for a fallback
   only where a text is not the same for everybody. */

"use strict";

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-insert]");
  if (!item) return;
  const field = document.getElementById(item.dataset.into);
  field.focus();
  /* insertText keeps the browser's undo, which setRangeText loses. */
  if (!document.execCommand("insertText", false, item.dataset.insert)) {
    field.setRangeText(item.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  item.closest("details").open = false;
});

document.addEventListener("input", (event) => {
  const slot = event.target.closest(".kc-slot");
  if (!slot) return;
  const [text, fallback] = slot.querySelectorAll("input[name^='text-'], input[name^='fallback-']");
  slot.classList.toggle("is-personal", text.value.includes("{") || fallback.value !== "");
});
