/* The phone: "Read more", and whether it is a light or a dark one. Works on what arrives later. */

"use strict";

(() => {
  const THEME = "kabootar-phone";

  const isDark = () =>
    (localStorage.getItem(THEME) || (document.documentElement.classList.contains("dark") ? "dark" : "light")) === "dark";

  const paint = () => {
    document.querySelectorAll("[data-phone-frame]").forEach((frame) => {
      frame.classList.toggle("is-dark-phone", isDark());
    });
    document.querySelectorAll("[data-phone-theme-switch]").forEach((button) => {
      button.setAttribute("aria-pressed", String(isDark()));
    });
  };

  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-phone-more]");
    if (more) {
      /* On the frame, which stays when its content is sent anew. */
      const frame = more.closest("[data-phone-frame]") || more.closest(".phone");
      frame.classList.add("is-unfolded");
    }
    if (event.target.closest("[data-phone-theme-switch]")) {
      localStorage.setItem(THEME, isDark() ? "light" : "dark");
      paint();
    }
  });

  /* Whether a text is too long for the fold depends on the font: only the browser knows. */
  const offerMore = () => {
    document.querySelectorAll(".phone-body").forEach((body) => {
      body.parentElement.querySelector("[data-phone-more]").hidden = body.scrollHeight <= body.clientHeight + 1;
    });
  };

  const draw = () => {
    paint();
    offerMore();
  };

  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("htmx:afterSwap", draw);
  window.addEventListener("load", offerMore);
})();
