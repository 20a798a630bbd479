/* What the theme's attributes name. Its Alpine here is the build that evaluates nothing, which knows
   no globals: whatever an attribute may call is given to it by name. */

"use strict";

document.addEventListener("alpine:init", () => {
  Alpine.data("theme", (...given) => {
    const theirs = theme(...given);
    return {
      ...theirs,
      init() {
        theirs.init.call(this);
        this.$watch("openModal", (isOpen) => {
          if (!isOpen) document.dispatchEvent(new Event("dialog:closed"));
        });
      },
    };
  });
  /* One key for one search: over everything, on every page. */
  Alpine.data("searchForm", () => ({ applyShortcut() {} }));
  Alpine.data("searchCommand", () => {
    const theirs = searchCommand();
    return {
      ...theirs,
      /* Theirs focuses after 20 ms, but what is shown with the next frame can come later than that,
         and what is hidden takes no focus. */
      handleOpen() {
        theirs.handleOpen.call(this);
        this.$nextTick(() => requestAnimationFrame(() => this.$refs.searchInputCommand.focus()));
      },
      handleShortcut(event) {
        const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
        if (event.key !== "/" || isTyping || this.openCommandResults) {
          theirs.handleShortcut.call(this, event);
          return;
        }
        event.preventDefault();
        this.handleOpen();
      },
    };
  });

  /* The theme's forms and page links read it under this name, and page links set it. */
  const address = {
    get pathname() { return location.pathname; },
    get search() { return location.search; },
    get hash() { return location.hash; },
    set href(link) { location.href = link; },
  };

  Alpine.data("consolePage", () => ({
    activeTab: "",
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem("sidebarDesktopOpen") !== "0",
    window: { location: address },
    init() {
      const { tab } = this.$el.dataset;
      if (tab) this.activeTab = getCurrentTab() || tab;
      this.$watch("sidebarDesktopOpen", (isOpen) => {
        localStorage.setItem("sidebarDesktopOpen", isOpen ? "1" : "0");
      });
    },
  }));
});
