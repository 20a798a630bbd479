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

  /* A second press while the first is under way does nothing twice; after ten seconds it is another
     try. Forms that ask by themselves, or say what becomes of a second one, go their own ways, and so
     do lists, some of whose acts bring a file and leave the page. */
  const SECOND_TRY_MS = 10_000;
  const isUnderWay = (form) => form.dataset.sending || form.matches(".htmx-request:not([hx-trigger], [hx-sync])");
  const mayBeSent = (part) => delete part.dataset.sending;

  document.addEventListener("submit", (event) => {
    if (!isUnderWay(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  window.addEventListener("submit", ({ defaultPrevented, submitter, target: form }) => {
    const isSent = !defaultPrevented && form.getAttribute("method")?.toLowerCase() === "post";
    if (!isSent || form.id === "changelist-form") return;
    [form, submitter].filter(Boolean).forEach((part) => {
      part.dataset.sending = "yes";
      setTimeout(mayBeSent, SECOND_TRY_MS, part);
    });
  });
  /* Back from the next page, the browser shows this one as it was left. */
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sending]").forEach(mayBeSent));

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

  /* Written anew between the two halves of a click, a button never hears of it. What asks again and
     again does so a moment later. */
  let pressed = null;
  const press = (event) => { pressed = event.target; };
  const release = () => setTimeout(() => { pressed = null; });
  document.addEventListener("pointerdown", press, true);
  ["pointerup", "pointercancel", "keyup"].forEach((end) => document.addEventListener(end, release, true));
  document.addEventListener("keydown", (event) => {
    if (event.key === " ") press(event);
  }, true);
  const asksAgain = (part) => /every|from:body/.test(part.getAttribute("hx-trigger"));
  const isPressedIn = (part) => pressed !== null && part.contains(pressed);

  /* The keyboard keeps its place when what had the focus is written anew, or is switched off until the
     answer is there (by an id htmx finds it itself), and when a dialog closes that a button opened. */
  const TRAITS = ["name", "type", "href", "hx-get", "hx-post", "aria-label"];
  const traitsOf = (element) => JSON.stringify([
    element.tagName, element.form?.action, ...TRAITS.map((name) => element.getAttribute(name)),
  ]);
  const alike = (traits, tag) => [...document.querySelectorAll(tag)].filter((each) => traitsOf(each) === traits);
  const placeOf = (element) => {
    const [traits, tag] = [traitsOf(element), element.tagName];
    const at = alike(traits, tag).indexOf(element);
    return () => (element.isConnected ? element : alike(traits, tag)[at]);
  };
  const goBackTo = (place) => {
    const { activeElement: now, body } = document;
    if (now === null || now === body) place?.()?.focus({ preventScroll: true });
  };
  const places = new WeakMap();
  let opener;

  document.addEventListener("htmx:beforeRequest", ({ detail: { elt, target, xhr } }) => {
    const { activeElement: focused } = document;
    if (focused?.matches("button") && elt.contains(focused)) places.set(xhr, placeOf(focused));
    if (target.id === "modal-content" && !target.contains(elt)) opener = placeOf(elt);
  });
  document.addEventListener("htmx:beforeSwap", ({ detail: { target, xhr } }) => {
    if (target.contains(document.activeElement)) places.set(xhr, placeOf(document.activeElement));
  });
  ["htmx:afterSettle", "htmx:afterRequest"].forEach((moment) => {
    document.addEventListener(moment, ({ detail }) => goBackTo(places.get(detail.xhr)));
  });
  document.addEventListener("dialog:closed", () => setTimeout(() => {
    const { activeElement: focused } = document;
    if (focused?.closest("#modal-content")) focused.blur();
    goBackTo(opener);
  }));

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

  /* A part of the page that was not shown leaves the page as it was: the server's words say why. An
     upload has a place of its own for them. */
  const hasOwnPlace = (element) => element.closest("#upload") !== null;

  document.addEventListener("htmx:responseError", ({ detail: { elt, xhr } }) => {
    const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const words = ["h1", "p"].map((part) => answer.querySelector(`main ${part}`)?.textContent.trim());
    if (words.every(Boolean) && !hasOwnPlace(elt)) sayOverAll("not-now", words.join(". "));
  });

  let isLeaving = false;
  window.addEventListener("beforeunload", () => {
    isLeaving = true;
    setTimeout(() => { isLeaving = false; }, SECOND_TRY_MS);
  });

  document.addEventListener("htmx:sendError", ({ detail: { elt, requestConfig } }) => {
    if (isLeaving || hasOwnPlace(elt)) return;
    sayOverAll("not-now", requestConfig.triggeringEvent?.isTrusted
      ? "Kabootar can't be reached just now. What you pressed may not have been done: look before you press it again."
      : "Kabootar can't be reached just now. What you see may be old; it goes on by itself.");
  });

  const isSignedOut = (xhr) => new URL(xhr.responseURL, location.href).pathname.startsWith("/login/");

  /* A dialog that did not come opens nothing. */
  document.addEventListener("htmx:after-on-load", (event) => {
    const { target, xhr } = event.detail;
    if (target.id === "modal-content" && (xhr.status >= 400 || isSignedOut(xhr))) event.stopPropagation();
  }, true);

  document.addEventListener("htmx:afterOnLoad", (event) => {
    const { status } = event.detail.xhr;
    if (!isSignedOut(event.detail.xhr)) document.getElementById("signed-out")?.remove();
    if (status < 400) document.getElementById("not-now")?.remove();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    /* Signed out meanwhile: the page to sign in is no part of this one. */
    if (isSignedOut(xhr)) {
      event.detail.shouldSwap = false;
      if (isWritten) sayThatSignedOut();
      else location.reload();
      return;
    }
    if (isPressedIn(target) && asksAgain(event.detail.requestConfig.elt)) {
      event.detail.shouldSwap = false;
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
