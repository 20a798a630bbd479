/* Small behaviours, by data attribute: copy buttons, filtered menus, menus that close, errors that
   are over, dialogs' first fields, parts that are looked at again while somebody looks. */

"use strict";

(() => {
  const textOf = (source) => ("value" in source ? source.value : source.textContent.trim());

  /* navigator.clipboard exists only on https and localhost. */
  const copy = async (text) => {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return;
    }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  const say = (button, words) => {
    const label = button.querySelector("[data-label]") || button;
    button.dataset.was ||= label.textContent;
    label.textContent = words;
    clearTimeout(button.timer);
    button.timer = setTimeout(() => {
      label.textContent = button.dataset.was;
    }, 2000);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      const source = document.querySelector(button.dataset.copy);
      try {
        await copy(textOf(source));
        say(button, "Copied");
      } catch {
        say(button, "Select and copy by hand");
      }
    }
    document.querySelectorAll("details[data-closes][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details[data-closes][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-filter]");
    if (!field) return;
    const wanted = field.value.toLowerCase();
    field.parentElement.querySelectorAll(field.dataset.filter).forEach((item) => {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    });
  });

  /* What was wrong with a field is not said of what somebody types into it since. */
  const PLACES = ".group.errors, .ki-field, .ki-mapping td, .ks-row, .kcb-value, .kcb-box";
  const forgive = (event) => {
    const field = event.target.closest(PLACES);
    if (!field) return;
    field.classList.remove("errors");
    event.target.removeAttribute("aria-invalid");
    field.querySelectorAll(":scope > .ki-error, :scope > .kb-problem").forEach((words) => words.remove());
    field.querySelector("div.text-red-600")?.remove();
  };
  document.addEventListener("input", forgive);
  document.addEventListener("change", forgive);

  /* What a dialog shows comes a moment before the dialog itself: only then it can take the focus. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const first = event.detail.target?.querySelector("[data-begins]");
    if (!first) return;
    setTimeout(() => {
      first.focus();
      first.select?.();
    }, 50);
  });

  /* Parts of a page ask for news on these events, and only while the page is in front of somebody. */
  const rouse = (name) => {
    if (document.visibilityState === "visible") document.body.dispatchEvent(new Event(name));
  };
  setInterval(rouse, 5_000, "look");
  setInterval(rouse, 20_000, "glance");
  document.addEventListener("visibilitychange", () => {
    rouse("look");
    rouse("glance");
  });

  /* Whoever signed in again in another tab has a new token there; what is open here goes on. */
  const TOKEN = "csrfmiddlewaretoken";
  const newestToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

  document.addEventListener("submit", (event) => {
    const token = newestToken();
    event.target.querySelectorAll(`[name=${TOKEN}]`).forEach((field) => {
      field.value = token || field.value;
    });
  }, true);

  document.addEventListener("htmx:configRequest", (event) => {
    const { parameters } = event.detail;
    const token = newestToken();
    if (token && parameters[TOKEN]) parameters[TOKEN] = token;
  });
})();
