/* A new project: the country brings its time zone along, until somebody has chosen one. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const country = document.querySelector("select[data-zones]");
  const zone = document.getElementById("id_time_zone");
  if (!country || !zone) return;
  const zones = JSON.parse(country.dataset.zones);
  const $ = window.django.jQuery; // the searchable lists tell of a choice through it alone
  $(zone).on("select2:select", () => $(country).off("change.zone"));
  $(country).on("change.zone", () => $(zone).val(zones[country.value]).trigger("change"));
});
