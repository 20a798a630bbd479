/* The phone: "Read more", countdowns, cards to swipe, light or dark, Android-like or iPhone-like.
   Works on what arrives later. */

"use strict";

(() => {
  const PHONE = ".phone, .phone-alone";
  const THEME = "kabootar-phone";
  const MAKE = "kabootar-phone-make";
  const HOUR = 3600000;
  const DAY = 24 * HOUR;

  const isDark = () =>
    (localStorage.getItem(THEME) || (document.documentElement.classList.contains("dark") ? "dark" : "light")) === "dark";
  const isIphone = () => localStorage.getItem(MAKE) === "iphone";

  const paint = () => {
    document.querySelectorAll("[data-phone-frame]").forEach((frame) => {
      frame.classList.toggle("is-dark-phone", isDark());
      frame.classList.toggle("is-iphone", isIphone());
    });
    document.querySelectorAll("[data-phone-theme-switch]").forEach((button) => {
      button.setAttribute("aria-pressed", String(isDark()));
    });
    document.querySelectorAll("[data-phone-make-switch]").forEach((button) => {
      button.setAttribute("aria-pressed", String(isIphone()));
    });
  };

  const swipe = (button) => {
    const cards = button.closest(PHONE).querySelector("[data-phone-cards]");
    const step = cards.firstElementChild.offsetWidth + 8;
    const towards = getComputedStyle(cards).direction === "rtl" ? -1 : 1;
    cards.scrollBy({ left: towards * Number(button.dataset.phoneSwipe) * step, behavior: "smooth" });
  };

  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-phone-more]");
    if (more) {
      /* On the frame, which stays when its content is sent anew. */
      const frame = more.closest("[data-phone-frame]") || more.closest(PHONE);
      frame.classList.add("is-unfolded");
    }
    const side = event.target.closest("[data-phone-swipe]");
    if (side) swipe(side);
    if (event.target.closest("[data-phone-theme-switch]")) {
      localStorage.setItem(THEME, isDark() ? "light" : "dark");
      paint();
    }
    if (event.target.closest("[data-phone-make-switch]")) {
      localStorage.setItem(MAKE, isIphone() ? "android" : "iphone");
      paint();
    }
  });

  /* Whether a text is too long for the fold depends on the font: only the browser knows. */
  const offerMore = () => {
    document.querySelectorAll(".phone-body").forEach((body) => {
      body.parentElement.querySelector("[data-phone-more]").hidden = body.scrollHeight <= body.clientHeight + 1;
    });
  };

  /* As phones count: days far off, then hours, minutes and seconds; red in the last hour. */
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const left = (ms) => {
    if (ms <= 0) return "Offer ended";
    if (ms > 2 * DAY) return `Ends in ${Math.ceil(ms / DAY)} days`;
    return `Ends in ${two(ms / HOUR)}:${two((ms % HOUR) / 60000)}:${two((ms % 60000) / 1000)}`;
  };
  const opened = Date.now();
  const count = () => {
    document.querySelectorAll("[data-ends]").forEach((place) => {
      /* Without an end of its own, as in the editor, an offer shows what a day would look like. */
      const ends = Number(place.dataset.ends) || opened + DAY;
      const ms = ends - Date.now();
      place.textContent = left(ms);
      place.classList.toggle("is-urgent", ms < HOUR);
    });
  };

  /* The cards stay where somebody swiped them to when the phone is drawn anew. */
  let swiped = 0;
  document.addEventListener("htmx:beforeSwap", () => {
    const cards = document.querySelector("[data-phone-cards]");
    swiped = cards ? cards.scrollLeft : 0;
  });

  const draw = () => {
    paint();
    offerMore();
    count();
    const cards = document.querySelector("[data-phone-cards]");
    if (cards) cards.scrollLeft = swiped;
  };

  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("htmx:afterSwap", draw);
  window.addEventListener("load", offerMore);
  setInterval(count, 1000);
})();
