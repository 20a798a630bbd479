/* The inbox: the newest message in sight, and a template's fields as soon as one is chosen. */

"use strict";

(() => {
  const toTheEnd = (thread) => {
    thread.scrollTop = thread.scrollHeight;
  };
  const isAtTheEnd = (thread) => thread.scrollHeight - thread.scrollTop - thread.clientHeight < 40;
  const current = () => document.querySelector(".kcb-thread");

  document.addEventListener("DOMContentLoaded", () => {
    if (current()) toTheEnd(current());
  });

  let follows = true;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.closest("[data-thread]") && current()) follows = isAtTheEnd(current());
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.closest("[data-thread]") && follows && current()) toTheEnd(current());
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-choose]");
    if (form) form.submit();
  });
})();
