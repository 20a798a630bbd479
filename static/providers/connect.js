/* WhatsApp Connect: the dialog for tests. What it shows is fetched by htmx. */

"use strict";

(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      document.querySelector(opener.dataset.dialog).showModal();
      return;
    }
    if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
  });

  /* What runs in a closed dialog, like the look at the window every few seconds, ends with it. */
  document.addEventListener("close", (event) => {
    const panel = event.target.querySelector?.("#send-test-panel");
    if (panel) panel.replaceChildren();
  }, true);
})();
