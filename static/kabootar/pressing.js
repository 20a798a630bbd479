/* Each press counts, and counts once; the keyboard keeps its place when parts are written anew. */

"use strict";

(() => {
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

  /* Written anew between the two halves of a click, a button never hears of it. What asks again and
     again does so a moment later. */
  let pressed = null;
  const LONGEST_PRESS_MS = 2_000;  // the end of one outside the window is not told
  const release = (after = 0) => setTimeout(() => { pressed = null; }, after);
  const press = (event) => {
    pressed = event.target;
    release(LONGEST_PRESS_MS);
  };
  document.addEventListener("pointerdown", press, true);
  ["pointerup", "pointercancel", "keyup"].forEach((end) => document.addEventListener(end, () => release(), true));
  document.addEventListener("keydown", (event) => {
    if (event.key === " ") press(event);
  }, true);
  const asksAgain = (part) => /every|from:body/.test(part.getAttribute("hx-trigger"));

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (pressed && detail.target.contains(pressed) && asksAgain(detail.requestConfig.elt)) detail.shouldSwap = false;
  });

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
})();
