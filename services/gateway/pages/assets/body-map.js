// Marks put on the drawing: by a tap, by the mouse, or with a cross that the arrow keys move. Each becomes a row of the
// list beneath, which is the same without a drawing. A mark is moved by dragging it; or by its button "Move", and then a
// tap or the cross, for whoever cannot drag.
import { changed, fill, freeNumber } from "./concern-rows.js";

const SVG = "http://www.w3.org/2000/svg";
const STANDING = ["front", "back", "left", "right"];
const STEP = 0.02;
const SLIP = 6; // pixels by which a finger slips without meaning to drag

export function begin(element) {
  const form = element.closest("form");
  const places = JSON.parse(element.dataset.places);
  const map = element.querySelector("[data-map]"), plate = map.querySelector("[data-plate]"), at = map.querySelector("[data-at]");
  const rows = element.querySelector("#mark-rows");
  let view = "front", cross = { x: 0.5, y: 0.3 }, moving = null, dragged = null, spent = false;
  map.hidden = false;

  const build = () => form.querySelector('[name="figure"]:checked')?.value ?? "child";
  const drawn = () => (STANDING.includes(view) ? build() : "child");
  const svg = () => plate.querySelector(`[data-drawing="${drawn()} ${view}"] svg`);
  const viewName = () => map.querySelector(`[data-view="${view}"]`).textContent;
  const children = () => [...form.querySelectorAll('[name="child"]')].map((field) => ({ id: field.value, label: form.querySelector(`[name="label.${CSS.escape(field.value)}"]`).value }));
  const field = (row, name) => row.querySelector(`[name$=".${name}"]`);
  const value = (row, name) => field(row, name).value;

  function nearest(x, y) {
    const { width, height } = svg().viewBox.baseVal;
    const away = ([, px, py]) => ((px - x) * width) ** 2 + ((py - y) * height) ** 2;
    return places[drawn()][view].reduce((best, place) => (away(place) < away(best) ? place : best))[0];
  }
  function show() {
    for (const drawing of plate.querySelectorAll("[data-drawing]")) drawing.hidden = drawing.dataset.drawing !== `${drawn()} ${view}`;
    for (const button of map.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    plate.setAttribute("aria-label", `Body map, ${viewName().toLowerCase()}. Arrow keys move the cross, Enter puts a mark there.`);
    settle();
  }
  /** Numbers count for each child; the drawing shows what is on this view. */
  function settle() {
    const counts = {};
    for (const pin of plate.querySelectorAll(".pin")) pin.remove();
    for (const row of rows.children) {
      const whose = value(row, "pupil");
      const number = (counts[whose] = (counts[whose] ?? 0) + 1);
      row.querySelector(".number").textContent = number;
      const own = STANDING.includes(value(row, "view")) ? value(row, "figure") : "child";
      const target = plate.querySelector(`[data-drawing="${own} ${value(row, "view")}"] svg`);
      const { width, height } = target.viewBox.baseVal;
      const pin = document.createElementNS(SVG, "g"), dot = document.createElementNS(SVG, "circle"), words = document.createElementNS(SVG, "text");
      pin.setAttribute("class", "pin");
      pin.dataset.n = row.dataset.n;
      pin.setAttribute("transform", `translate(${value(row, "x") * width} ${value(row, "y") * height})`);
      dot.setAttribute("r", 9);
      words.setAttribute("y", 3.6);
      words.textContent = number;
      pin.append(dot, words);
      target.append(pin);
    }
    const shown = svg();
    shown.setAttribute("aria-label", `Body map, ${viewName().toLowerCase()}: ${shown.querySelectorAll(".pin").length} marks`);
  }
  function place(x, y) {
    if (moving) return put(moving, x, y);
    const linked = children();
    const chosen = form.querySelector('[name="mark_of"]')?.value;
    const whose = linked.find((child) => child.id === chosen) ?? linked[0] ?? { id: "", label: "" };
    const row = element.querySelector("#row-mark").content.firstElementChild.cloneNode(true);
    const n = freeNumber(form, "mark");
    const given = { pupil: whose.id, view, figure: build(), x: x.toFixed(4), y: y.toFixed(4) };
    row.dataset.n = n;
    for (const field of row.querySelectorAll("[data-name]")) {
      const name = field.dataset.name;
      fill(field, { name: `mark.${n}.${name}`, id: `mark.${n}.${name}` });
      if (name in given) field.value = given[name];
      const label = field.closest("span")?.querySelector("label");
      if (label) label.htmlFor = field.id;
    }
    row.querySelector("[data-where]").textContent = `${nearest(x, y)} (${viewName().toLowerCase()})`;
    row.querySelector("[data-whose]").textContent = linked.length > 1 ? whose.label : "";
    rows.append(row);
    settle();
    changed(rows);
    row.querySelector("select").focus();
  }
  function put(row, x, y) {
    for (const [name, given] of Object.entries({ view, figure: STANDING.includes(view) ? build() : value(row, "figure"), x: x.toFixed(4), y: y.toFixed(4) })) field(row, name).value = given;
    row.querySelector("[data-where]").textContent = `${nearest(x, y)} (${viewName().toLowerCase()})`;
    stay();
    settle();
    changed(rows);
    at.textContent = `Mark ${row.querySelector(".number").textContent} is moved: ${nearest(x, y)}.`;
  }
  /** The next tap on the drawing, or the cross, says where this mark belongs. */
  function lift(row) {
    stay();
    moving = row;
    row.querySelector("[data-move]").setAttribute("aria-pressed", "true");
    map.closest("details").open = true;
    view = value(row, "view");
    const figure = form.querySelector(`[name="figure"][value="${CSS.escape(value(row, "figure"))}"]`);
    if (figure) figure.checked = true;
    cross = { x: Number(value(row, "x")), y: Number(value(row, "y")) };
    show();
    plate.focus();
  }
  function stay() {
    moving?.querySelector("[data-move]").setAttribute("aria-pressed", "false");
    moving = null;
  }
  function point(event) {
    const box = svg().getBoundingClientRect();
    return { x: Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)), y: Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) };
  }
  function aim() {
    svg().querySelector(".cross")?.remove();
    const { width, height } = svg().viewBox.baseVal, path = document.createElementNS(SVG, "path");
    const x = cross.x * width, y = cross.y * height;
    path.setAttribute("class", "cross");
    path.setAttribute("d", `M${x - 12},${y}H${x + 12}M${x},${y - 12}V${y + 12}`);
    svg().append(path);
    at.textContent = (moving ? `Moving mark ${moving.querySelector(".number").textContent}: ` : "") + nearest(cross.x, cross.y);
  }
  plate.addEventListener("pointerdown", (event) => {
    const pin = event.target.closest(".pin");
    if (!pin || event.button !== 0) return;
    event.preventDefault();
    dragged = { row: rows.querySelector(`[data-n="${CSS.escape(pin.dataset.n)}"]`), pin, from: event, far: false };
    plate.setPointerCapture(event.pointerId);
  });
  plate.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    dragged.far ||= Math.hypot(event.clientX - dragged.from.clientX, event.clientY - dragged.from.clientY) > SLIP;
    if (!dragged.far) return;
    const { x, y } = point(event), { width, height } = svg().viewBox.baseVal;
    dragged.pin.setAttribute("transform", `translate(${x * width} ${y * height})`);
    at.textContent = nearest(x, y);
  });
  plate.addEventListener("pointerup", (event) => {
    if (!dragged) return;
    const { row, far } = dragged, { x, y } = point(event);
    // The click that follows belongs to this mark as well: it puts no other.
    dragged = null;
    spent = true;
    setTimeout(() => { spent = false; });
    if (far) put(row, x, y);
    else row.querySelector("select").focus();
  });
  plate.addEventListener("pointercancel", () => { dragged = null; settle(); });
  plate.addEventListener("click", (event) => {
    if (spent || !event.target.closest("svg") || event.target.closest(".pin")) return;
    const { x, y } = point(event);
    place(x, y);
  });
  plate.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in moves) {
      const [right, down] = moves[event.key], step = event.shiftKey ? STEP * 4 : STEP;
      cross = { x: Math.min(1, Math.max(0, cross.x + right * step)), y: Math.min(1, Math.max(0, cross.y + down * step)) };
      aim();
    } else if (event.key === "Enter" || event.key === " ") {
      const row = moving;
      place(cross.x, cross.y);
      row?.querySelector("[data-move]").focus();
    } else if (event.key === "Escape" && moving) {
      event.stopPropagation();
      const row = moving;
      stay();
      row.querySelector("[data-move]").focus();
    } else return;
    event.preventDefault();
  });
  plate.addEventListener("focus", aim);
  plate.addEventListener("blur", () => { svg().querySelector(".cross")?.remove(); at.textContent = ""; });
  map.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view]");
    if (button) { view = button.dataset.view; show(); }
  });
  map.querySelector("[data-zoom]").addEventListener("click", (event) => {
    const larger = plate.classList.toggle("larger");
    event.currentTarget.setAttribute("aria-pressed", String(larger));
    if (larger) plate.scrollTo(plate.scrollWidth / 4, 0);
  });
  element.querySelector("[data-add]").addEventListener("click", (event) => {
    const spot = element.querySelector("#spot");
    if (!spot.value) return;
    event.preventDefault();
    const [where, index] = spot.value.split(":");
    view = where;
    show();
    const [, x, y] = places[drawn()][view][index];
    spot.value = "";
    place(x, y);
  });
  for (const button of element.querySelectorAll("[data-move]")) button.hidden = false;
  element.querySelector("#row-mark").content.querySelector("[data-move]").hidden = false;
  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]"), row = button?.closest("[data-row]");
    if (row) (row === moving ? stay() : lift(row));
  });
  form.addEventListener("change", (event) => (event.target.name === "figure" ? show() : settle()));
  show();
}
