/* The calendar by keyboard: arrows go from day to day and beyond the sheet, Page Up and Page Down to
   the sheets beside it, Enter into a day. Tab leads through what stands in it. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const table = document.querySelector("[data-calendar]");
  if (!table) return;

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const SHEETS = { PageUp: "before", PageDown: "after" };
  const FOCUSED = "focus";

  const go = (day) => {
    const address = new URL(window.location.href);
    address.searchParams.set("day", day);
    address.hash = FOCUSED;
    window.location.assign(address);
  };

  const focus = (cell) => {
    table.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
    cell.focus();
  };

  const beside = (cell, days) => {
    const day = new Date(`${cell.dataset.day}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + days);
    return day.toISOString().slice(0, 10);
  };

  /* On a small screen days without anything are not shown, and passed by. */
  const step = (cell, days) => {
    const day = beside(cell, days);
    const next = table.querySelector(`[data-day="${day}"]`);
    if (!next) go(day);
    else if (next.offsetParent) focus(next);
    else step(next, days);
  };

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-day]");
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in SHEETS) {
      event.preventDefault();
      const address = document.querySelector(`[data-step="${SHEETS[event.key]}"]`).href;
      window.location.assign(`${address}#${FOCUSED}`);
    } else if (event.target === cell && event.key in STEPS) {
      event.preventDefault();
      step(cell, STEPS[event.key]);
    } else if (event.target === cell && event.key === "Enter") {
      cell.querySelector("a")?.focus();
    } else if (event.key === "Escape") {
      focus(cell);
    }
  });

  if (window.location.hash === `#${FOCUSED}`) table.querySelector("[tabindex='0']")?.focus();
});
