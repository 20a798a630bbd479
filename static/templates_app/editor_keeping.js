/* Keeps by itself what is written in the form of a template or a campaign, and says who else has it
   open. `data-number` is whose form it is, and `data-keep-as` what that is called. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-keep-as]");
  if (!place) return;

  const form = place.closest("form");
  const LOOK = 15000;
  const PAUSE = 1500;
  let waiting = null;
  let saving = false;
  let isWritten = false;

  const send = async (withForm) => {
    const data = withForm ? new FormData(form) : new FormData();
    if (withForm) {
      form.querySelectorAll("input[type=file]").forEach((input) => data.delete(input.name));
    } else {
      ["csrfmiddlewaretoken", "_project", "kind"].forEach((name) => {
        if (form.elements[name]) data.set(name, form.elements[name].value);
      });
    }
    data.set(place.dataset.keepAs, place.dataset.number);
    /* Who has signed in again meanwhile, in another window, has another token. */
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (token) data.set("csrfmiddlewaretoken", token);
    try {
      const answer = await fetch(place.dataset.keep, { method: "POST", body: new URLSearchParams(data) });
      const isKept = answer.ok && !answer.redirected; /* to the page that signs in */
      if (isKept) place.innerHTML = await answer.text();
      isWritten = isWritten && !(isKept && withForm);
    } catch {
      /* The next look tries again; what was typed is still in the page. */
    }
  };

  const keep = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (!saving) send(true);
    }, PAUSE);
  };

  form.addEventListener("input", () => {
    isWritten = true;
    keep();
  });
  form.addEventListener("change", () => {
    isWritten = true;
    keep();
  });
  /* Once the whole form is on its way, a late copy of it would come back as a draft. */
  form.addEventListener("submit", () => {
    saving = true;
    clearTimeout(waiting);
  });
  setInterval(() => {
    if (!saving && !document.hidden) send(isWritten);
  }, LOOK);
  send(false);
});
