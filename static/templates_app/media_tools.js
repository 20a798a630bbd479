/* Files: upload one and get its link, or have a link checked. The server judges. */

"use strict";

(() => {
  const say = (box, words, tone) => {
    const said = box.querySelector("[data-media-said]");
    said.textContent = words;
    said.className = `tpl-media-said${tone ? ` tpl-problem tpl-${tone}` : ""}`;
  };

  const linkOf = (box) => box.querySelector("input[type=text]");

  /* Which kind the slot, the card or the header on the page wants. */
  const kindOf = (box, tools, form) =>
    tools.dataset.header || (box.closest("[data-card]")?.querySelector("[data-card-header]") || form.elements.header_kind)?.value || "";

  const ask = async (box, fields) => {
    const tools = box.querySelector("[data-media-tools]");
    const form = box.closest("form");
    const data = new FormData();
    Object.entries(fields).forEach(([name, value]) => data.set(name, value));
    ["csrfmiddlewaretoken", "_project"].forEach((name) => {
      if (form.elements[name]) data.set(name, form.elements[name].value);
    });
    data.set("header", kindOf(box, tools, form));
    box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(tools.dataset.mediaUrl, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const told = await answer.json();
      say(box, told.said, told.tone);
      if (told.url) {
        const link = linkOf(box);
        link.value = told.url;
        link.dispatchEvent(new Event("input", { bubbles: true }));
      }
    } catch {
      say(box, "That did not work. The file may be too large, or the connection is gone.", "error");
    } finally {
      box.removeAttribute("aria-busy");
    }
  };

  /* Heard before the theme, which would write the file's name into the field of the link. */
  document.addEventListener("change", (event) => {
    const input = event.target.closest("[data-upload]");
    if (!input) return;
    event.stopPropagation();
    if (!input.files.length) return;
    const box = input.closest("[data-media]");
    say(box, "Uploading…", "");
    ask(box, { file: input.files[0] });
    input.value = "";
  }, true);

  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-check-link]")?.closest("[data-media]");
    if (!box) return;
    say(box, "Looking…", "");
    ask(box, { link: linkOf(box).value });
  });
})();
