/* Draws the canvases of templates/ui/chart.html. Colours come from the stylesheet as the browser resolves them,
   because a canvas cannot read light-dark() or color-mix(). */
(function () {
  "use strict";
  const drawn = new Map();

  function colour(name) {
    const probe = document.createElement("span");
    probe.className = "ui-colour-" + name;
    document.body.append(probe);
    const value = window.getComputedStyle(probe).color;
    probe.remove();
    return value;
  }

  function palette() {
    return {
      ink: colour("ink"),
      soft: colour("soft"),
      line: colour("line"),
      paper: colour("paper"),
      muted: colour("chart-muted"),
      series: [colour("chart-1"), colour("chart-2"), colour("chart-3"), colour("chart-4")],
    };
  }

  function axisPlaces(data) {
    return data.unit === "money" ? 0 : data.places;
  }

  function axisText(data) {
    const language = document.documentElement.lang || "nl";
    const format = new Intl.NumberFormat(language, { maximumFractionDigits: axisPlaces(data) });
    const sign = data.unit !== "money" ? "" : language === "nl" ? "€\u00a0" : "€";
    return (value) => sign + format.format(value).replace("-", "\u2212");
  }

  function dataset(series, index, colours) {
    const tint = series.muted ? colours.muted : colours.series[index % colours.series.length];
    const shared = { label: series.name, data: series.values, backgroundColor: tint, borderColor: tint };
    return series.kind === "line"
      ? { ...shared, type: "line", borderWidth: 2, pointRadius: 2.5, spanGaps: false, tension: 0, order: 0 }
      : { ...shared, type: "bar", maxBarThickness: 28, order: series.muted ? 2 : 1 };
  }

  function draw(canvas) {
    const source = document.getElementById(canvas.dataset.chart);
    const data = JSON.parse(source.textContent);
    const colours = palette();
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const font = { family: window.getComputedStyle(document.body).fontFamily, size: 12 };
    const before = drawn.get(canvas);
    if (before) before.destroy();
    let place = -1;
    const bars = data.series.some((series) => series.kind === "bar");
    const chart = new window.Chart(canvas, {
      type: "bar",
      data: {
        labels: data.labels,
        datasets: data.series.map((series) => {
          if (!series.muted) place += 1;
          return dataset(series, place, colours);
        }),
      },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: still || before ? false : { duration: 150 },
        interaction: { mode: "index", intersect: false },
        scales: {
          x: {
            stacked: data.stacked,
            grid: { display: false },
            border: { color: colours.line },
            ticks: { color: colours.soft, font: font, maxRotation: 0, autoSkipPadding: 12 },
          },
          y: {
            stacked: data.stacked,
            beginAtZero: bars,
            grid: { color: colours.line },
            border: { display: false },
            ticks: { color: colours.soft, font: font, maxTicksLimit: 6, precision: axisPlaces(data), callback: axisText(data) },
          },
        },
        plugins: {
          legend: {
            display: data.series.length > 1,
            align: "start",
            labels: { color: colours.ink, font: font, boxWidth: 10, boxHeight: 10, useBorderRadius: true, borderRadius: 2 },
          },
          tooltip: {
            backgroundColor: colours.ink,
            titleColor: colours.paper,
            bodyColor: colours.paper,
            titleFont: font,
            bodyFont: font,
            displayColors: data.series.length > 1,
            callbacks: {
              label: (item) => {
                const series = data.series[item.datasetIndex];
                return series.name + ": " + series.texts[item.dataIndex];
              },
            },
          },
        },
      },
    });
    drawn.set(canvas, chart);
  }

  function drawAll(within) {
    for (const [canvas, chart] of drawn) {
      if (!canvas.isConnected) {
        chart.destroy();
        drawn.delete(canvas);
      }
    }
    for (const canvas of within.querySelectorAll("canvas[data-chart]")) draw(canvas);
  }

  document.addEventListener("portal:theme", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
  // The font decides the width of the labels; on a page without htmx:load this is the only start.
  document.fonts.ready.then(() => drawAll(document));

  // Paper is white and has no folds: print in light colours, with the tables open.
  let unfolded = [];
  let shownTheme = "";
  window.addEventListener("beforeprint", () => {
    shownTheme = document.documentElement.getAttribute("data-bs-theme");
    document.documentElement.setAttribute("data-bs-theme", "light");
    unfolded = [...document.querySelectorAll("details.ui-chart-values:not([open])")];
    for (const table of unfolded) table.open = true;
    drawAll(document);
    for (const chart of drawn.values()) chart.resize();
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.setAttribute("data-bs-theme", shownTheme);
    for (const table of unfolded) table.open = false;
    drawAll(document);
  });
})();
