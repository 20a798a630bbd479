/* Files: upload one and get its link, or have a link checked. The server judges. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("template_form");
  if (!form) return;

  const { changed } = KabootarRows;

  const say = (box, words, tone) => {
    const said = box.querySelector("[data-media-said]");
    said.textContent = words;
    said.className = `tpl-media-said${tone ? ` tpl-problem tpl-${tone}` : ""}`;
  };

  const ask = async (box, fields) => {
    const data = new FormData();
    Object.entries(fields).forEach(([name, value]) => data.set(name, value));
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    if (form.elements._project) data.set("_project", form.elements._project.value);
    const kind = box.closest("[data-card]")?.querySelector("[data-card-header]") || form.elements.header_kind;
    data.set("header", kind ? kind.value : "");
    box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.querySelector("[data-media-url]").dataset.mediaUrl, { method: "POST", body: data });
      const told = await answer.json();
      say(box, told.said, told.tone);
      if (told.url) {
        const link = box.querySelector("input[type=text]");
        link.value = told.url;
        changed(link);
      }
    } catch {
      say(box, "That did not work. The file may be too large, or the connection is gone.", "error");
    } finally {
      box.removeAttribute("aria-busy");
    }
  };

  form.addEventListener("change", (event) => {
    const input = event.target.closest("[data-upload]");
    if (!input || !input.files.length) return;
    const box = input.closest("[data-media]");
    say(box, "Uploading…", "");
    ask(box, { file: input.files[0] });
    input.value = "";
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-check-link]");
    if (!button) return;
    const box = button.closest("[data-media]");
    say(box, "Looking…", "");
    ask(box, { link: box.querySelector("input[type=text]").value });
  });
});
