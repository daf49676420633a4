// Draws the charts of the language that is shown, and does what the controls ask.
(function () {
  "use strict";
  const content = JSON.parse(document.getElementById("content").textContent);
  const editions = [...document.querySelectorAll(".edition")];
  const chosen = { view: "coverage", occupation: 0, domain: "", chosen: "", year: null };
  const drawn = new Set();

  const options = (edition) => ({
    actions: false,
    ast: true, // without eval, which the page forbids itself
    renderer: "svg",
    config: content.config,
    formatLocale: edition.format,
    tooltip: { theme: "custom" },
  });

  function withValues(specification) {
    const params = (specification.params || []).map((param) =>
      param.name in chosen && chosen[param.name] !== null
        ? { ...param, value: chosen[param.name] }
        : param,
    );
    return { ...specification, params };
  }

  async function draw(place, specification, edition, datasets) {
    const full = { ...withValues(specification), ...(datasets ? { datasets } : {}) };
    await vegaEmbed(place, full, options(edition));
    const picture = place.querySelector("svg");
    if (picture) picture.setAttribute("aria-label", specification.description);
  }

  function drawMap(root) {
    const edition = content.editions[root.lang];
    const specification = edition.map[chosen.view];
    tellPlace(root);
    return draw(root.querySelector("[data-map]"), specification, edition, content.map);
  }

  function drawCharts(root) {
    const edition = content.editions[root.lang];
    const places = [...root.querySelectorAll("[data-chart]")];
    return Promise.all(
      places.map((place) => draw(place, edition.charts[place.dataset.chart], edition)),
    );
  }

  // What pointing at a zone shows, out of the table below the map: for those who do not point.
  function tellPlace(root) {
    const table = root.querySelector(".zones table");
    const headings = [...table.tHead.rows[0].cells];
    const at = Object.fromEntries(headings.map((cell, place) => [cell.dataset.key, place]));
    const row = [...table.tBodies[0].rows].find(
      ({ cells }) =>
        cells[at.zone].textContent === chosen.chosen &&
        (at.period === undefined || Number(cells[at.period].textContent) === chosen.year),
    );
    const facts = headings
      .map((heading, place) => [heading, place])
      .filter(([heading]) => heading.classList.contains("number"))
      .map(([heading, place]) => `${heading.textContent} ${row && row.cells[place].textContent}`);
    const text = (key) => row.cells[at[key]].textContent;
    root.querySelector(".found").textContent = row
      ? `${text("name")} (${text("zone")}), ${text("municipality")}: ${facts.join("; ")}`
      : "";
  }

  function show(language, focus) {
    for (const root of editions) root.hidden = root.dataset.language !== language;
    const root = editions.find((one) => one.dataset.language === language);
    document.documentElement.lang = language;
    document.title = content.editions[language].title;
    for (const control of root.querySelectorAll("[data-sets]")) {
      const value = chosen[control.dataset.sets];
      if (value !== null) control.value = String(value);
    }
    showControls(root);
    tellYear(root);
    if (focus) root.querySelector(`[data-to="${language}"]`).focus();
    if (drawn.has(language)) return drawMap(root);
    drawn.add(language);
    return Promise.all([drawMap(root), drawCharts(root)]);
  }

  function showControls(root) {
    const one = chosen.view === "occupation";
    for (const control of root.querySelectorAll("[data-when]")) control.hidden = !one;
    for (const control of root.querySelectorAll("[data-unless]")) control.hidden = one;
  }

  function tellYear(root) {
    if (chosen.year === null) return;
    for (const year of root.querySelectorAll("[data-year]")) year.textContent = chosen.year;
  }

  function change(control) {
    const name = control.dataset.sets;
    const number = name === "year" || name === "occupation";
    chosen[name] = number ? Number(control.value) : control.value;
    const root = control.closest(".edition");
    showControls(root);
    tellYear(root);
    if (name !== "year") return drawMap(root);
    drawn.clear(); // the other language is drawn anew when it is shown
    drawn.add(root.dataset.language);
    return Promise.all([drawMap(root), drawCharts(root)]);
  }

  const settled = (work) =>
    Promise.resolve(work).then(() => {
      document.body.dataset.drawn = String(Number(document.body.dataset.drawn || 0) + 1);
    });

  for (const root of editions) {
    for (const button of root.querySelectorAll("[data-to]")) {
      button.addEventListener("click", () => settled(show(button.dataset.to, true)));
    }
    for (const control of root.querySelectorAll("[data-sets]")) {
      control.addEventListener("change", () => settled(change(control)));
    }
  }
  const first = editions[0].querySelector('[data-sets="year"]');
  if (first) chosen.year = Number(first.value);
  settled(show(editions[0].dataset.language, false));
})();
