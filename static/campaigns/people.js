/* The list of people: how many are ticked, and that the buttons above mean those. */

"use strict";

(() => {
  const boxes = () => [...document.querySelectorAll("input[name=who]")];

  const tell = () => {
    const said = document.querySelector("[data-ticked]");
    if (!said) return;
    const count = boxes().filter((box) => box.checked).length;
    said.textContent = count ? `For the ${count} you have ticked:` : said.dataset.ticked;
    const all = document.querySelector("[data-ticks-all]");
    if (!all) return;
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
  };

  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-ticks-all]");
    if (all) {
      boxes().forEach((box) => {
        box.checked = all.checked;
      });
    }
    if (all || event.target.name === "who") tell();
  });

  /* Some browsers bring ticks back when somebody returns to the page. */
  window.addEventListener("pageshow", tell);
})();
