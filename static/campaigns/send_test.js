/* Send Test WhatsApp: the chosen country, the counter, and the list that is ready to be searched. */

"use strict";

(() => {
  const count = (field) => {
    const place = document.querySelector(field.dataset.counter);
    const most = Number(field.maxLength).toLocaleString("en");
    if (place) place.textContent = `${field.value.length.toLocaleString("en")} of ${most} characters`;
  };

  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-counter]");
    if (field) count(field);
    if (event.target.closest("#kt-form")) forget();
  });

  /* What was refused is being mended: the reason is no longer true. */
  const forget = () => document.querySelector("#kt-outcome > [role=alert]")?.remove();

  /* A click on a country closes the list; walking through it with the arrow keys does not. */
  document.addEventListener("change", (event) => {
    const choice = event.target.closest("[data-choice] input[type=radio]");
    if (!choice) return;
    const menu = choice.closest("[data-choice]");
    menu.querySelector("[data-chosen]").textContent = choice.dataset.shown;
  });

  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-choice] label");
    if (item && event.detail > 0) item.closest("details").open = false;
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("[data-choice]");
    if (!menu || event.key !== "Enter" || event.target.tagName === "SUMMARY") return;
    event.preventDefault();
    const shown = [...menu.querySelectorAll(".kb-menu-item")].filter((item) => !item.hidden);
    const first = event.target.type === "search" && shown[0];
    if (first) first.querySelector("input").click();
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-choice]") || !menu.open) return;
    const search = menu.querySelector("[data-filter]");
    search.value = "";
    menu.querySelectorAll(".kb-menu-item").forEach((item) => { item.hidden = false; });
    search.focus();
    menu.querySelector(":checked")?.closest("label").scrollIntoView({ block: "nearest" });
  }, true);

  const begin = (root) => root.querySelectorAll("[data-counter]").forEach(count);
  document.addEventListener("DOMContentLoaded", () => begin(document));
  document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
})();
