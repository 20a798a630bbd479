/* Whether a file is too large, and how much of it has been uploaded. */

"use strict";

(() => {
  const shown = (form) => form.querySelector(".ki-sending");

  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-largest]");
    if (!field) return;
    const tooLarge = [...field.files].some((file) => file.size > Number(field.dataset.largest));
    field.setCustomValidity(
      tooLarge
        ? "The file is larger than 1 GB. Split it and upload its parts one after the other."
        : "",
    );
    field.reportValidity();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target.closest("#upload");
    if (form) shown(form).hidden = false;
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = event.target.closest("#upload");
    if (!form || !event.detail.lengthComputable) return;
    const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
    shown(form).querySelector("progress").value = percent;
    shown(form).querySelector("[data-sent]").textContent =
      percent < 100 ? `Uploading… ${percent} %` : "Looking at the file…";
  });

  /* A server that can't just now answers with a page that says why. */
  const whyNot = (xhr) =>
    xhr.status === 503
      ? new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("main p")?.textContent.trim()
      : "";

  const failed = (event) => {
    const form = event.target.closest("#upload");
    if (!form) return;
    shown(form).hidden = false;
    shown(form).querySelector("[data-sent]").textContent =
      whyNot(event.detail.xhr) || "The upload did not get through. Please try again.";
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
