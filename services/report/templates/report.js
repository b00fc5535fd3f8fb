(function () {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const colours = Object.entries(JSON.parse(document.getElementById("colours").textContent));
  const boxes = Array.from(document.querySelectorAll(".picture"));
  const config = {
    responsive: true,
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    modeBarButtonsToRemove: ["sendChartToCloud", "sendDataToCloud", "select2d", "lasso2d", "autoScale2d"],
  };
  const drawn = new Set();
  let isPrinting = false;

  function read(box) {
    let text = document.getElementById("data-" + box.id).textContent;
    if (dark.matches && !isPrinting) {
      const ofLight = new RegExp(colours.map(([light]) => light).join("|"), "gi");
      const dict = new Map(colours.map(([light, other]) => [light.toLowerCase(), other]));
      text = text.replace(ofLight, found => dict.get(found.toLowerCase()));
    }
    return JSON.parse(text);
  }

  function hasWebgl() {
    const canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl") || canvas.getContext("experimental-webgl"));
  }

  function draw(box) {
    const figure = read(box);
    if (figure.data.some(trace => trace.type === "parcoords") && !hasWebgl()) {
      box.classList.add("empty");
      box.textContent = "This picture needs WebGL, which this browser does not offer; the table below holds the same values.";
      return;
    }
    if (isPrinting) {
      figure.layout.width = 690;
    }
    if (box.id === "ternary") {
      setCorners(figure);
    }
    if (box.id === "parallel") {
      setColour(figure);
    }
    Plotly.react(box, figure.data, figure.layout, config);
    if (!drawn.has(box) && box.id === "parallel") {
      box.on("plotly_restyle", () => nameChosen(box));
    }
    drawn.add(box);
  }

  const drawAll = () => boxes.forEach(draw);
  const redraw = () => drawn.forEach(draw);

  // Parallel coordinates: what lines are coloured by, and which specimens pass the ranges dragged on the axes.
  const colouring = document.getElementById("colouring");

  function setColour(figure) {
    if (colouring && figure.data.length) {
      figure.data[0].line.color = figure.layout.meta.colours[colouring.value];
    }
  }

  function nameChosen(box) {
    const axes = box.data[0].dimensions.filter(axis => axis.constraintrange);
    const said = document.getElementById("chosen");
    if (!axes.length) {
      said.textContent = "";
      return;
    }
    const passes = (axis, value) =>
      (Array.isArray(axis.constraintrange[0]) ? axis.constraintrange : [axis.constraintrange])
        .some(([low, high]) => low <= value && value <= high);
    const ids = box.layout.meta.ids.filter((_, i) => axes.every(axis => passes(axis, axis.values[i])));
    said.textContent = ids.length + " within the ranges: " + (ids.slice(0, 40).join(", ") || "none") + (ids.length > 40 ? " …" : "");
  }

  // Ternary: three corners, each an ingredient or everything else.
  const corners = ["corner-a", "corner-b", "corner-c"].map(id => document.getElementById(id));

  function setCorners(figure) {
    if (!corners.every(Boolean)) {
      return;
    }
    const rest = figure.layout.meta.rest;
    const names = corners.map(corner => corner.value);
    const least = [100, 100, 100];
    figure.data.forEach(trace => {
      const shares = trace.meta.shares;
      const others = Object.keys(shares).filter(name => !names.includes(name));
      const length = Object.values(shares)[0].length;
      const columns = names.map(name => name === rest
        ? Array.from({length}, (_, i) => others.reduce((sum, other) => sum + shares[other][i], 0))
        : shares[name]);
      [trace.a, trace.b, trace.c] = columns;
      for (let i = 0; i < length; i++) {
        const sum = columns[0][i] + columns[1][i] + columns[2][i];
        columns.forEach((column, k) => { least[k] = Math.min(least[k], sum > 0 ? 100 * column[i] / sum : 0); });
      }
    });
    ["aaxis", "baxis", "caxis"].forEach((axis, k) => {
      const title = document.createElement("span");
      title.textContent = names[k];
      figure.layout.ternary[axis].title.text = title.innerHTML;
      figure.layout.ternary[axis].min = Math.max(0, 10 * Math.floor((least[k] - 1) / 10));
    });
  }

  [colouring, ...corners].forEach(choice => {
    if (choice) {
      choice.addEventListener("change", () => draw(document.getElementById(choice.dataset.of)));
    }
  });

  // The log: keep the lines that hold every word typed.
  const search = document.getElementById("search");
  if (search) {
    const lines = Array.from(document.querySelectorAll("table.log tbody tr"));
    const texts = lines.map(line => line.textContent.toLowerCase());
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      lines.forEach((line, i) => {
        line.hidden = !wanted.every(word => texts[i].includes(word));
        shown += line.hidden ? 0 : 1;
      });
      document.getElementById("found").textContent = wanted.length ? shown + " of " + lines.length : "";
    });
  }

  dark.addEventListener("change", redraw);
  window.addEventListener("beforeprint", () => { isPrinting = true; drawAll(); });
  window.addEventListener("afterprint", () => { isPrinting = false; drawAll(); });
  if ("IntersectionObserver" in window) {
    const nearby = new IntersectionObserver(seen => seen.forEach(one => {
      if (one.isIntersecting) {
        nearby.unobserve(one.target);
        draw(one.target);
      }
    }), {rootMargin: "900px"});
    boxes.forEach(box => nearby.observe(box));
  } else {
    drawAll();
  }
})();
