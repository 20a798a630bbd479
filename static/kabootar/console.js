/* Small behaviours, by data attribute: copy buttons, filtered menus, menus that close, parts that
   are looked at again while somebody looks. */

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

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    /* Signed out meanwhile: the page to sign in is no part of this one. */
    if (new URL(xhr.responseURL, location.href).pathname.startsWith("/login/")) {
      event.detail.shouldSwap = false;
      location.reload();
      return;
    }
    const part = target.closest?.("[data-unchanged]");
    if (!part) return;
    /* What is the same stays, and so does what somebody is selecting in it. */
    const selection = getSelection();
    const isSelecting = !selection.isCollapsed && part.contains(selection.anchorNode);
    const last = part.lastAnswer;
    if (isSelecting || last === xhr.responseText) event.detail.shouldSwap = false;
    else part.lastAnswer = xhr.responseText;
  });
})();
