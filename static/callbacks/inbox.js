/* The inbox: the newest message in sight, what was seen, drafts, and a template's fields as soon as
   one is chosen. */

"use strict";

(() => {
  const thread = () => document.querySelector("[data-thread] .kcb-thread");
  const box = () => document.querySelector(".kcb-box");
  const isAtTheEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 40;

  /* What stands before somebody's eyes is seen; what a tab in the background fetches is not. */
  let seen = 0;
  const tellSeen = async () => {
    const list = thread();
    const place = document.querySelector("[data-seen]");
    if (!list || !place || document.visibilityState !== "visible" || !isAtTheEnd(list)) return;
    const form = document.querySelector("#unread-form");
    const newest = Number(list.dataset.newest);
    if (newest <= seen) return;
    seen = newest;
    const body = new FormData();
    ["csrfmiddlewaretoken", "_project"].forEach((name) => body.set(name, form.elements[name].value));
    body.set("up_to", newest);
    try {
      const answer = await fetch(place.dataset.seen, { method: "POST", body });
      if (!answer.ok) seen = 0;
      document.body.dispatchEvent(new Event("glance"));
    } catch {
      seen = 0;
    }
  };

  /* The box is there as long as free text may be sent; what stands in it is never taken away. */
  const obeyWindow = () => {
    const form = box();
    const list = thread();
    if (!form || !list) return;
    form.hidden = list.dataset.window === "shut" && !form.elements.text.value;
  };

  /* A draft lives as long as the tab: a shared computer keeps nothing of it. */
  const draftKey = () => `kabootar-draft-${location.pathname}`;
  const restoreDraft = () => {
    const field = box()?.elements.text;
    if (!field) return;
    const kept = sessionStorage.getItem(draftKey());
    if (kept && !field.value) field.value = kept;
    field.addEventListener("input", () => sessionStorage.setItem(draftKey(), field.value));
  };

  document.addEventListener("DOMContentLoaded", () => {
    /* Only once the server has taken it. */
    if (location.hash === "#sent") {
      sessionStorage.removeItem(draftKey());
      history.replaceState(null, "", location.pathname);
    }
    restoreDraft();
    obeyWindow();
    const list = thread();
    if (!list) return;
    list.scrollTop = list.scrollHeight;
    tellSeen();
  });

  let top = null; // where a reader of older messages is; null at the end
  document.addEventListener("htmx:beforeSwap", (event) => {
    const list = thread();
    if (list && event.target.closest("[data-thread]")) top = isAtTheEnd(list) ? null : list.scrollTop;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const list = thread();
    if (!list || !event.target.closest("[data-thread]")) return;
    list.scrollTop = top === null ? list.scrollHeight : top;
    obeyWindow();
    tellSeen();
  });
  document.addEventListener("scroll", tellSeen, { capture: true, passive: true });
  document.addEventListener("visibilitychange", tellSeen);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest(".kcb-box");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });

  /* Once the list of templates is shut, the fields of the one that was chosen come. */
  document.addEventListener("toggle", (event) => {
    const form = event.target.closest("[data-choose]");
    if (!form || event.target.open) return;
    if (new FormData(form).get("template") !== form.dataset.choose) form.submit();
  }, { capture: true });
})();
