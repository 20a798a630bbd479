/* Choosing a template by its picture and its text. */

"use strict";

(() => {
  /* The template that is chosen stands in the summary. By keyboard the list stays open, so that one
     can go on with the arrows; Enter, Escape or a click closes it. */
  document.addEventListener("change", (event) => {
    const choice = event.target.closest("[data-picker] label")?.querySelector("[data-choice]");
    if (!choice) return;
    const picker = event.target.closest("[data-picker]");
    picker.querySelector("[data-chosen]").replaceChildren(...choice.cloneNode(true).childNodes);
  });

  const shutPicker = (picker) => {
    picker.open = false;
    picker.querySelector("summary").focus();
  };

  document.addEventListener("click", (event) => {
    const label = event.target.closest("[data-picker] label");
    if (label && event.detail > 0) shutPicker(label.closest("[data-picker]"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-picker] input")) return;
    event.preventDefault();
    if (event.target.type === "radio") shutPicker(event.target.closest("[data-picker]"));
  });
})();
