/* What the theme's attributes name. Its Alpine here is the build that evaluates nothing, which knows
   no globals: whatever an attribute may call is given to it by name. */

"use strict";

document.addEventListener("alpine:init", () => {
  Alpine.data("theme", theme);
  Alpine.data("searchForm", searchForm);
  Alpine.data("searchCommand", searchCommand);

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
