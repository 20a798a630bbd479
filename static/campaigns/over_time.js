/* Lines over time, drawn from the table below them, so that both always say the same. */

"use strict";

(() => {
  /* Told apart by their dashes, too, for whoever sees no difference between the colours. */
  const LOOKS = [
    { light: "#475569", dark: "#cbd5e1", dash: [] },
    { light: "#047857", dark: "#34d399", dash: [] },
    { light: "#1d4ed8", dark: "#60a5fa", dash: [6, 3] },
    { light: "#b45309", dark: "#fbbf24", dash: [2, 2] },
    { light: "#7e22ce", dark: "#c084fc", dash: [8, 3, 2, 3] },
    { light: "#b91c1c", dark: "#f87171", dash: [4, 4] },
    { light: "#0e7490", dark: "#22d3ee", dash: [10, 2] },
  ];
  const MOST_DOTS = 40; // points, up to which each gets a dot
  let chart = null;
  let place = -1;

  const paper = matchMedia("print"); // is white, whatever the screen is
  const isDark = () => document.documentElement.classList.contains("dark") && !paper.matches;
  const colour = (look) => (isDark() ? look.dark : look.light);
  const numberIn = (cell) => Number(cell.textContent.replaceAll(",", ""));
  const cells = (row, kind) => [...row.querySelectorAll(kind)];

  const figuresOf = (table) => {
    const rows = [...table.tBodies[0].rows];
    const heads = cells(table.tHead.rows[0], "th").slice(1).map((head) => head.textContent);
    return {
      labels: rows.map((row) => row.cells[0].textContent),
      lines: heads.map((label, n) => ({ label, data: rows.map((row) => numberIn(row.cells[n + 1])) })),
    };
  };

  const styled = (line, n, points) => ({
    ...line,
    borderColor: colour(LOOKS[n]),
    backgroundColor: colour(LOOKS[n]),
    borderDash: LOOKS[n].dash,
    borderWidth: 2,
    pointRadius: points <= MOST_DOTS ? 3 : 0,
    pointHitRadius: 8,
    tension: 0,
  });

  const optionsOf = () => {
    const text = isDark() ? "#cbd5e1" : "#475569";
    const grid = isDark() ? "#334155" : "#e2e8f0";
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { display: false } },
      scales: {
        x: { ticks: { color: text, autoSkip: true, autoSkipPadding: 20, maxTicksLimit: 8, maxRotation: 0 }, grid: { display: false } },
        y: { beginAtZero: true, ticks: { color: text, precision: 0 }, grid: { color: grid } },
      },
    };
  };

  /* The canvas' own legend could not be read by anybody who sees little. */
  const drawLegend = (list, lines) => {
    list.replaceChildren(...lines.map((line, n) => {
      const entry = document.createElement("li");
      const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      swatch.setAttribute("width", "28");
      swatch.setAttribute("height", "8");
      const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
      const drawn = { x1: 0, x2: 28, y1: 4, y2: 4, stroke: colour(LOOKS[n]), "stroke-width": 3, "stroke-dasharray": LOOKS[n].dash.join(" ") };
      Object.entries(drawn).forEach(([name, value]) => stroke.setAttribute(name, value));
      swatch.append(stroke);
      entry.append(swatch, line.label);
      return entry;
    }));
  };

  const draw = () => {
    const canvas = document.getElementById("over-time-chart");
    chart?.destroy();
    chart = null;
    if (!canvas || typeof Chart === "undefined") return;
    const { labels, lines } = figuresOf(document.querySelector(canvas.dataset.from));
    const datasets = lines.map((line, n) => styled(line, n, labels.length));
    chart = new Chart(canvas, { type: "line", data: { labels, datasets }, options: optionsOf() });
    place = -1;
    drawLegend(document.querySelector(".ko-legend"), lines);
  };

  const show = (index) => {
    const { labels, datasets } = chart.data;
    place = Math.min(Math.max(index, 0), labels.length - 1);
    const active = datasets.map((_, datasetIndex) => ({ datasetIndex, index: place }));
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    chart.update();
    const said = datasets.map((line) => `${line.label} ${line.data[place].toLocaleString("en")}`);
    document.getElementById("over-time-said").textContent = `${labels[place]}: ${said.join(", ")}`;
  };

  const STEPS = { ArrowLeft: () => place - 1, ArrowRight: () => place + 1, Home: () => 0, End: () => chart.data.labels.length - 1 };

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "over-time-chart" || !chart || !(event.key in STEPS)) return;
    event.preventDefault();
    show(STEPS[event.key]());
  });

  /* What somebody is reading does not move under their eyes. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "over-time" || event.detail.requestConfig?.triggeringEvent?.type !== "glance") return;
    const section = document.getElementById("over-time");
    const isRead = section.querySelector("details[open]") || section.contains(document.activeElement);
    if (isRead) event.detail.shouldSwap = false;
  });

  document.addEventListener("htmx:afterSettle", () => {
    const canvas = document.getElementById("over-time-chart");
    if (canvas !== (chart?.canvas ?? null)) draw();
  });
  document.addEventListener("DOMContentLoaded", () => {
    draw();
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["class"] });
    paper.addEventListener("change", draw);
  });
})();
