/* Which answers are shown: what somebody has written or selected meanwhile stays, whoever is signed out
   or was refused is told so. */

"use strict";

(() => {
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

  /* A part of the page that was not shown leaves the page as it was: the server's words say why. An
     upload has a place of its own for them. */
  const hasOwnPlace = (element) => element.closest("#upload") !== null;

  document.addEventListener("htmx:responseError", ({ detail: { elt, xhr } }) => {
    const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const words = ["h1", "p"].map((part) => answer.querySelector(`main ${part}`)?.textContent.trim());
    if (words.every(Boolean) && !hasOwnPlace(elt)) sayOverAll("not-now", words.join(". "));
  });

  const LEAVES_WITHIN_MS = 10_000;
  let isLeaving = false;
  window.addEventListener("beforeunload", () => {
    isLeaving = true;
    setTimeout(() => { isLeaving = false; }, LEAVES_WITHIN_MS);
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
    const part = target.closest?.("[data-unchanged]");
    if (!part || !event.detail.shouldSwap) return;
    /* What is the same stays, and so does what somebody is selecting in it. */
    const selection = getSelection();
    const isSelecting = !selection.isCollapsed && part.contains(selection.anchorNode);
    const last = part.lastAnswer;
    if (isSelecting || last === xhr.responseText) event.detail.shouldSwap = false;
    else part.lastAnswer = xhr.responseText;
  });
})();
