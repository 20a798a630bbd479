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
  const forgive = (event) => {
    const field = event.target.closest(".group.errors");
    if (!field) return;
    field.classList.remove("errors");
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

  /* What somebody has written is not lost when the session ends meanwhile. */
  let isWritten = false;
  document.addEventListener("input", (event) => {
    isWritten ||= event.target.closest("form")?.getAttribute("method")?.toLowerCase() === "post";
  });

  /* Fields that the server writes anew from what stands in them. What somebody writes into them until
     its answer is there stays: that answer is dropped, and the same is asked again a moment later. */
  const REASK_MS = 250;
  const standsIn = (part) => JSON.stringify([...part.querySelectorAll("input, select, textarea")].map(
    (field) => [field.name, /^(checkbox|radio)$/.test(field.type) ? field.checked : field.value],
  ));
  const asked = new WeakMap();

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target.closest?.("[data-rewritten]")) asked.set(detail.xhr, standsIn(detail.target));
  });

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { requestConfig, shouldSwap, target, xhr } = detail;
    if (!shouldSwap || !asked.has(xhr) || asked.get(xhr) === standsIn(target)) return;
    const { target: pressed, type } = requestConfig.triggeringEvent ?? {};
    if (!pressed) return;
    detail.shouldSwap = false;
    setTimeout(() => pressed.dispatchEvent(new Event(type, { bubbles: true })), REASK_MS);
  });

  const sayOverAll = (id, text, ...more) => {
    if (document.getElementById(id)) return;
    const notice = document.createElement("div");
    Object.assign(notice, { id, className: "kb-alert kb-over-all" });
    notice.setAttribute("role", "alert");
    const words = document.createElement("div");
    words.textContent = text;
    notice.append(words, ...more);
    document.body.append(notice);
  };

  const sayThatSignedOut = () => {
    const link = document.createElement("a");
    Object.assign(link, { className: "kb-button", href: "/login/", target: "_blank", textContent: "Sign in again" });
    sayOverAll("signed-out", "You are signed out. What you have written is still here: sign in again in another tab, then go on.", link);
  };

  /* A part of the page that was not shown leaves the page as it was: the server's words say why. */
  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (status !== 429 && status !== 503) return;
    const words = new DOMParser().parseFromString(responseText, "text/html").querySelector("main p");
    if (words) sayOverAll("not-now", words.textContent);
  });

  document.addEventListener("htmx:afterOnLoad", (event) => {
    const { responseURL, status } = event.detail.xhr;
    const isOut = new URL(responseURL, location.href).pathname.startsWith("/login/");
    if (!isOut) document.getElementById("signed-out")?.remove();
    if (status < 400) document.getElementById("not-now")?.remove();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    /* Signed out meanwhile: the page to sign in is no part of this one. */
    if (new URL(xhr.responseURL, location.href).pathname.startsWith("/login/")) {
      event.detail.shouldSwap = false;
      if (isWritten) sayThatSignedOut();
      else location.reload();
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
